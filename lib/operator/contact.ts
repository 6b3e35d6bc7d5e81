import 'server-only';
import { inArray } from 'drizzle-orm';
import { appendAuditNow } from '@/lib/audit/append';
import { readableDetails } from '@/lib/customers/details';
import { openClaims } from '@/lib/customers/prefill';
import { users } from '@/lib/db/schema';
import { maskEmail } from '@/lib/email-address';
import type { Services } from '@/lib/services';
import type { LiveSession } from '@/lib/sessions/find';
import { readEmail } from '@/lib/users/email-columns';
import type { CustomerFile } from './customers';
import { fullName } from './name';
import { may } from './permissions';

/** The contact data that an operator may reveal, field by field. */
export const CONTACT_FIELDS = ['email', 'phoneNumber'] as const;
export type ContactField = (typeof CONTACT_FIELDS)[number];

/** Name and contact data of a person; null where there is none. */
export interface Contact extends Record<ContactField, string | null> {
  name: string | null;
}

/** Returns name and contact data, as the person confirmed them, or as their provider says. */
export async function readContact(
  services: Services,
  { userId, email, claimsSealed }: Pick<CustomerFile, 'userId' | 'email' | 'claimsSealed'>,
): Promise<Contact> {
  const stored = (await readableDetails(services, userId))?.details;
  const claims = openClaims(services, userId, claimsSealed);
  const name = fullName(stored ?? claims);
  return { name, email, phoneNumber: stored?.phoneNumber || claims.phoneNumber || null };
}

/** Masks contact data, so that an operator can compare it with what a caller says. */
export function masked(field: ContactField, value: string): string {
  if (field === 'phoneNumber') return `••• ${value.slice(-4)}`;
  return maskEmail(value);
}

/**
 * Records that an operator is about to see a field unmasked. Show it only afterwards.
 * @returns whether the role permits it. @throws the driver's error: show nothing then.
 */
export async function recordReveal(
  services: Pick<Services, 'db' | 'keyring'>,
  operator: Pick<LiveSession, 'userId' | 'role'>,
  subject: string,
  field: ContactField,
): Promise<boolean> {
  if (!may(operator.role, 'reveal')) return false;
  const actor = `operator:${operator.userId}` as const;
  await appendAuditNow(services, {
    event: 'sensitive_read',
    actor,
    subject,
    facts: { object: 'contact', filter: field },
  });
  return true;
}

/** Returns the names of operators, or their addresses, by id. */
export async function namesOf(services: Pick<Services, 'db' | 'keyring'>, ids: string[]): Promise<Map<string, string>> {
  if (ids.length === 0) return new Map();
  const rows = await services.db.select().from(users).where(inArray(users.id, ids));
  return new Map(
    rows.map((row) => {
      const claims = openClaims(services, row.id, row.claimsSealed);
      return [row.id, fullName(claims) ?? readEmail(services.keyring, row) ?? row.id];
    }),
  );
}
