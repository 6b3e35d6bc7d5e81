import 'server-only';
import { asc, eq } from 'drizzle-orm';
import { appendAuditNow } from '@/lib/audit/append';
import { consentText } from '@/lib/customers/consent-texts';
import { readableDetails } from '@/lib/customers/details';
import { readHistory } from '@/lib/customers/history';
import { openClaims } from '@/lib/customers/prefill';
import { readCustomer } from '@/lib/customers/row';
import { auditEvents, caseNotes, customers, knownDevices, sessions, users } from '@/lib/db/schema';
import { listMessages } from '@/lib/notifications/read';
import type { Services } from '@/lib/services';
import type { LiveSession } from '@/lib/sessions/find';
import { readEmail } from '@/lib/users/email-columns';
import { listIdentities } from '@/lib/users/identities';

/** Returns the signed-in person's data (`exportData`), and records it. @throws the driver's error. */
export async function exportOwnData(
  services: Services,
  { userId }: Pick<LiveSession, 'userId'>,
): Promise<Record<string, unknown>> {
  const data = await exportData(services, userId);
  const actor = `user:${userId}` as const;
  await appendAuditNow(services, { event: 'sensitive_read', actor, subject: userId, facts: { object: 'own-data' } });
  return data;
}

/**
 * Returns all stored data about a person, readable for people and machines (GDPR 15 and 20). Includes the customer id
 * for requests to KunaCore, but not KunaCore's own data. The caller records who gets it.
 * @throws the driver's error.
 */
export async function exportData(services: Services, userId: string): Promise<Record<string, unknown>> {
  const { db, keyring } = services;
  const [user] = await db.select().from(users).where(eq(users.id, userId));
  const [row] = await db.select().from(customers).where(eq(customers.userId, userId));
  const customer = readCustomer(keyring, row);
  const details = await readableDetails(services, userId);
  const browsers = await db.select().from(sessions).where(eq(sessions.userId, userId));
  // What support wrote may be withheld by law, for example a suspicion: the institution hands it out on request.
  const supportNotes = await db.$count(caseNotes, eq(caseNotes.userId, userId));
  const events = await db
    .select({ at: auditEvents.at, event: auditEvents.event, facts: auditEvents.facts, by: auditEvents.actor })
    .from(auditEvents)
    .where(eq(auditEvents.subject, userId))
    .orderBy(asc(auditEvents.id));
  const history = events.map(({ by, facts: { reason, ...facts }, ...rest }) => ({
    ...rest,
    facts: by.startsWith('operator:') || reason === undefined ? facts : { ...facts, reason },
  }));
  return {
    account: {
      id: userId,
      email: user && readEmail(keyring, user),
      createdAt: user?.createdAt,
      language: user?.language,
      signInLanguage: user?.signInLanguage,
      messagesSwitchedOff: user?.mutedMessages,
    },
    identities: await listIdentities(services, userId),
    fromIdentityProvider: openClaims(services, userId, user?.claimsSealed ?? null),
    details: details && {
      ...details.details,
      verifiedBy: details.sources,
      consent: { version: details.consentVersion, at: details.consentedAt },
    },
    kunaCore: customer && {
      externalId: customer.externalId,
      customerId: customer.customerId,
      walletId: customer.walletId,
      state: customer.state,
    },
    signedInBrowsers: browsers.map(({ createdAt, lastSeenAt, userAgent }) => ({ createdAt, lastSeenAt, userAgent })),
    knownDevices: await db.$count(knownDevices, eq(knownDevices.userId, userId)),
    messages: await exportMessages(services, userId),
    detailsHistory: await exportHistory(services, userId),
    supportNotes: { count: supportNotes, onRequest: true },
    history,
  };
}

/** Returns the e-mails that were stored for a person. Their texts are the same for everybody (lib/mail/notification.ts). */
async function exportMessages(services: Services, userId: string): Promise<object[]> {
  const messages = await listMessages(services, userId);
  return messages.map(({ kind, subject, createdAt, sentAt, failure }) => ({
    ...{ kind, about: subject, at: createdAt, sentAt, failure },
  }));
}

/** Returns what became of every version of the details and the consent, with the wording that the person agreed to. */
async function exportHistory(services: Services, userId: string): Promise<object[]> {
  const entries = await readHistory(services, userId);
  return entries.map(({ row, content }) => ({
    at: row.at,
    event: row.event,
    version: row.version,
    consent: { version: row.consentVersion, at: row.consentedAt, text: consentText(row.consentVersion) },
    ...(content as object | null),
  }));
}
