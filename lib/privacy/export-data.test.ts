// The export of a person's data, by themselves and by an operator.
// ASVS 5.0: 15.3.1
import { and, eq } from 'drizzle-orm';
import { expect, test } from 'vitest';
import { issueToken } from '@/lib/authorisations/issue';
import { savePrefill } from '@/lib/customers/prefill';
import { auditEvents } from '@/lib/db/schema';
import { addNote } from '@/lib/operator/notes';
import { addCustomer, addUser, DETAILS, signIn, USER_AGENT, usePortal } from '@/tests/portal';
import { exportData, exportOwnData } from './export-data';

const { portal } = usePortal();

async function customerWithToken() {
  const user = await addCustomer(portal.services);
  await savePrefill(portal.services, user.id, { firstName: 'Olena' });
  const signedIn = await signIn(portal.services, user.id);
  const issued = await issueToken(portal.services, signedIn.session, USER_AGENT);
  if (issued.outcome !== 'issued') throw new Error(issued.outcome);
  return { user, ...signedIn, token: issued.token.reveal() };
}

test('an operator’s export has what the person’s own download has [T37]', async () => {
  const { user, session } = await customerWithToken();
  const own = await exportOwnData(portal.services, session);
  const { history, ...handedOut } = await exportData(portal.services, user.id);
  const { history: ownHistory, ...rest } = own;
  expect(handedOut).toEqual(rest);
  expect(handedOut).toMatchObject({
    account: { id: user.id, email: user.email },
    fromIdentityProvider: { firstName: 'Olena' },
    details: DETAILS,
    kunaCore: { state: 'linked' },
    signedInBrowsers: [{}],
  });
  expect((history as object[]).slice(0, (ownHistory as object[]).length)).toEqual(ownHistory);
});

test('an export holds no token, no cookie and no note [T1, T37]', async () => {
  const { user, cookie, token } = await customerWithToken();
  const operator = { userId: (await addUser(portal.services)).id, role: 'agent' } as const;
  await addNote(portal.services, operator, user.id, 'sounded strange');
  const handedOut = JSON.stringify(await exportData(portal.services, user.id));
  expect(handedOut).toContain('"supportNotes":{"count":1');
  for (const secret of [token, cookie, 'sounded strange', 'hash']) expect(handedOut).not.toContain(secret);
});

test('a person’s own download is recorded', async () => {
  const { user, session } = await customerWithToken();
  const read = and(eq(auditEvents.event, 'sensitive_read'), eq(auditEvents.subject, user.id));
  await exportData(portal.services, user.id);
  expect(await portal.services.db.$count(auditEvents, read)).toBe(0);
  await exportOwnData(portal.services, session);
  expect(await portal.services.db.select().from(auditEvents).where(read)).toMatchObject([
    { actor: `user:${user.id}`, facts: { object: 'own-data' } },
  ]);
});
