// ASVS 5.0: 14.2.4 14.2.7 16.4.2
import { readFileSync } from 'node:fs';
import { eq, sql } from 'drizzle-orm';
import { expect, test } from 'vitest';
import { LANGUAGES } from '@/lib/choices';
import { auditEvents, customers, detailsHistory, endedRelationships } from '@/lib/db/schema';
import { prepareStoredData } from '@/lib/maintenance/data-migration';
import { deleteUser } from '@/lib/privacy/delete-user';
import { exportOwnData } from '@/lib/privacy/export-data';
import { withdrawConsent } from '@/lib/privacy/withdraw-consent';
import { reconcile } from '@/lib/server/reconciler';
import { sweep } from '@/lib/server/sweep';
import { addCustomer, addUser, customerRow, DETAILS, save, signIn, usePortal } from '@/tests/portal';
import { CONSENT_TEXTS } from './consent-texts';
import { createUnderLease } from './create';
import { readableDetails, storeDetails } from './details';
import { CONSENT_VERSION } from './details-schema';
import { readHistory, readVersion } from './history';
import type { Lease } from './lease';
import { syncUnderLease } from './sync';

const { portal, sandbox } = usePortal();
const MOVED = { ...DETAILS, residenceAddress: '2 Khreshchatyk, Kyiv' };

const historyOf = (userId: string) => readHistory(portal.services, userId);
const eventsOf = async (userId: string) => (await historyOf(userId)).map(({ row }) => `${row.event} ${row.version}`);

test('keeps every version that was stored and handed over, sealed, with consent and sources', async () => {
  const user = await addCustomer(portal.services);
  const sources = { firstName: { from: 'bank', verifiedAt: new Date(0) } };
  await storeDetails(portal.services, user.id, MOVED, { sources });
  await reconcile(portal.services);
  expect((await eventsOf(user.id)).sort()).toEqual(['handed-over 1', 'handed-over 2', 'stored 1', 'stored 2']);
  expect(await readVersion(portal.services, user.id, 1)).toMatchObject({ details: DETAILS, email: user.email });
  expect(await readVersion(portal.services, user.id, 2)).toMatchObject({
    ...{ details: MOVED, sources, consentVersion: CONSENT_VERSION },
  });
  const rows = await portal.services.db.select().from(detailsHistory).where(eq(detailsHistory.userId, user.id));
  for (const value of [DETAILS.documentNumber, DETAILS.residenceAddress, user.email])
    expect(JSON.stringify(rows)).not.toContain(value);
});

test.each([
  ['updated', sql`update details_history set at = now()`],
  ['given another content', sql`update details_history set sealed = 'v1.other.a.b.c'`],
  ['given another MAC of the same key', sql`update details_history set mac = split_part(mac, '.', 1) || '.x'`],
  ['deleted', sql`delete from details_history`],
  ['truncated', sql`truncate details_history`],
])('rows cannot be %s [T43]', async (_, statement) => {
  await storeDetails(portal.services, (await addUser(portal.services)).id, DETAILS);
  const message = { cause: expect.objectContaining({ message: expect.stringContaining('append-only') }) };
  await expect(portal.services.db.execute(statement)).rejects.toMatchObject(message);
});

test('the wording of the newest consent is kept under its version, in every language', () => {
  for (const language of LANGUAGES) {
    const messages = JSON.parse(readFileSync(`lib/messages/${language}.json`, 'utf8'));
    // A new wording needs a new version: change CONSENT_VERSION, and add the text here. Never change an earlier one.
    expect(CONSENT_TEXTS[CONSENT_VERSION]?.[language]).toBe(messages.details.consent);
  }
});

test('a deleted account keeps its history until the retention period is over [T37]', async () => {
  const user = await addCustomer(portal.services);
  await deleteUser(portal.services, user.id);
  const endedAgo = (years: number) =>
    portal.services.db
      .update(endedRelationships)
      .set({ endedAt: sql`now() - make_interval(years => ${years}) - interval '1 minute'` });
  await sweep(portal.services);
  expect(await eventsOf(user.id)).toHaveLength(2);
  await endedAgo(4);
  await sweep(portal.services);
  expect(await eventsOf(user.id)).toHaveLength(2);
  await endedAgo(5);
  await sweep(portal.services);
  expect(await eventsOf(user.id)).toEqual([]);
  expect(await portal.services.db.$count(endedRelationships)).toBe(0);
  expect(await portal.services.db.$count(auditEvents, eq(auditEvents.event, 'sys_history_deleted'))).toBe(1);
});

test('the history of somebody who stays is never deleted', async () => {
  const user = await addCustomer(portal.services);
  await sweep({ ...portal.services, kyc: { ...portal.services.kyc, retentionYears: 1 } });
  expect(await eventsOf(user.id)).toHaveLength(2);
});

test('own data has every version, with the wording of its consent [T37]', async () => {
  const user = await addCustomer(portal.services);
  await save(portal.services, user.id, MOVED);
  const { session } = await signIn(portal.services, user.id);
  const { detailsHistory: history } = (await exportOwnData(portal.services, session)) as { detailsHistory: object[] };
  expect(history).toContainEqual(
    expect.objectContaining({
      event: 'stored',
      version: 2,
      details: MOVED,
      consent: expect.objectContaining({ text: CONSENT_TEXTS[CONSENT_VERSION] }),
    }),
  );
});

test('details of an older version are copied into the history at the start, once, and reach KunaCore', async () => {
  const { db, keyring } = portal.services;
  const [older, later] = [await addUser(portal.services), await addUser(portal.services)];
  await storeDetails(portal.services, older.id, DETAILS);
  const forget = (userId: string) =>
    db.transaction(async (tx) => {
      await tx.execute(sql`set local session_replication_role = replica`);
      await tx.delete(detailsHistory).where(eq(detailsHistory.userId, userId));
      await tx.delete(auditEvents).where(eq(auditEvents.event, 'sys_details_kept'));
    });
  await forget(older.id);
  await prepareStoredData(db, keyring);
  expect(await readVersion(portal.services, older.id, 1)).toMatchObject({ details: DETAILS, email: older.email });
  await storeDetails(portal.services, later.id, DETAILS);
  await db.transaction(async (tx) => {
    await tx.execute(sql`set local session_replication_role = replica`);
    await tx.delete(detailsHistory).where(eq(detailsHistory.userId, later.id));
  });
  await prepareStoredData(db, keyring);
  expect(await eventsOf(later.id)).toEqual([]);
  await reconcile(portal.services);
  expect(await sandbox.customers()).toMatchObject([{ email: older.email }]);
});

test('a withdrawn consent ends the Kuna session and stops every handover until it is given again [T43]', async () => {
  const user = await addCustomer(portal.services);
  const { consentedAt: first } = (await readableDetails(portal.services, user.id)) ?? {};
  expect(await withdrawConsent(portal.services, user.id)).toBe(true);
  expect(await withdrawConsent(portal.services, user.id)).toBe(false);
  const { session } = await signIn(portal.services, user.id);
  expect(session).toMatchObject({ customer: { state: 'consent-withdrawn' }, epoch: 1 });
  // A new version that is due as stored, such as one of another instance.
  await portal.services.db.update(customers).set({ sentVersion: 0, nextAttemptAt: sql`now()` });
  await reconcile(portal.services);
  expect(await sandbox.calls('/v2/customer/update')).toEqual([]);
  expect(await sandbox.calls('/v2/ramp/invalidate')).toHaveLength(1);
  await save(portal.services, user.id, DETAILS);
  expect(await readableDetails(portal.services, user.id)).toMatchObject({ version: 2, withdrawnAt: null });
  expect((await readableDetails(portal.services, user.id))?.consentedAt).not.toEqual(first);
  expect(await customerRow(portal.services, user.id)).toMatchObject({ sentVersion: 2, consentWithdrawnAt: null });
  expect(await eventsOf(user.id)).toContain('withdrawn 1');
});

test('a customer whose consent is withdrawn before KunaCore has created them is not created [T43]', async () => {
  const user = await addUser(portal.services);
  await storeDetails(portal.services, user.id, DETAILS);
  await withdrawConsent(portal.services, user.id);
  await reconcile(portal.services);
  expect(await sandbox.calls()).toEqual([]);
  await save(portal.services, user.id, DETAILS);
  expect(await sandbox.customers()).toHaveLength(1);
});

test.each([
  ['withdraws the consent', withdrawConsent],
  ['deletes the account', deleteUser],
])('nothing is handed over of a person who %s just before the call [T43]', async (_what, end) => {
  const endingLease = (userId: string): Lease => ({
    owner: userId,
    renew: async () => void (await end(portal.services, userId)),
    giveBackIf: async () => false,
  });
  const user = await addUser(portal.services);
  await storeDetails(portal.services, user.id, DETAILS);
  await createUnderLease(portal.services, user.id, endingLease(user.id));
  expect(await sandbox.calls()).toEqual([]);
  const customer = await addCustomer(portal.services);
  await storeDetails(portal.services, customer.id, MOVED);
  await syncUnderLease(portal.services, customer.id, 'changes', endingLease(customer.id));
  expect(await sandbox.calls('/v2/customer/update')).toEqual([]);
});

test('there is nothing to withdraw for a person without details', async () => {
  expect(await withdrawConsent(portal.services, (await addUser(portal.services)).id)).toBe(false);
});
