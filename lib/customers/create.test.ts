// ASVS 5.0: 2.3.4
import { eq } from 'drizzle-orm';
import { expect, test } from 'vitest';
import { auditEvents } from '@/lib/db/schema';
import { reconcile } from '@/lib/server/reconciler';
import { addUser, customerRow, DETAILS, usePortal } from '@/tests/portal';
import { CONSENT_VERSION } from './details-schema';
import { readCustomerState } from './row';
import { saveDetails } from './save';

const { portal, sandbox } = usePortal();

test('saving details creates the customer once and keeps its ids', async () => {
  const user = await addUser(portal.services);
  await saveDetails(portal.services, user.id, DETAILS);
  const row = await customerRow(portal.services, user.id);
  const [call, ...others] = await sandbox.calls();
  expect(others).toEqual([]);
  expect(call).toMatchObject({
    path: '/v2/customer/create',
    status: 201,
    body: {
      email: user.email,
      externalId: row.externalId,
      firstName: 'Olena',
      lastName: 'Shevchenko',
      country: 'UA',
      verificationDocumentId: 'FE123456',
      residenceAddress: '1 Khreshchatyk, Kyiv',
      phoneNumber: '+380991234567',
      itn: '3184710691',
    },
  });
  const [customer] = await sandbox.customers();
  expect(row).toMatchObject({
    state: 'linked',
    customerId: customer?.id,
    walletId: customer?.walletId,
    sentVersion: 1,
  });
  const ready = { state: 'ready', customerId: customer?.id, walletId: customer?.walletId };
  expect(await readCustomerState(portal.services, user.id)).toEqual(ready);
});

test('omits a phone number and a tax number that were not typed', async () => {
  const user = await addUser(portal.services);
  await saveDetails(portal.services, user.id, { ...DETAILS, phoneNumber: '', taxNumber: '' });
  const [call] = await sandbox.calls('/v2/customer/create');
  expect(call?.status).toBe(201);
  expect(Object.keys(call?.body ?? {})).not.toContain('phoneNumber');
  expect(Object.keys(call?.body ?? {})).not.toContain('itn');
});

test('ten clicks at once create one customer [T24]', async () => {
  const user = await addUser(portal.services);
  await Promise.all(Array.from({ length: 10 }, () => saveDetails(portal.services, user.id, DETAILS)));
  expect(await sandbox.calls('/v2/customer/create')).toHaveLength(1);
  expect(await sandbox.calls('/v2/customer/update')).toEqual([]);
  expect(await sandbox.customers()).toHaveLength(1);
  expect(await customerRow(portal.services, user.id)).toMatchObject({ state: 'linked', sentVersion: 1 });
});

test.each([
  ['of an unknown customer', undefined],
  ['of another system', 'crm-4711'],
])('a customer with the same e-mail address %s is never adopted', async (_, externalId) => {
  const user = await addUser(portal.services);
  await sandbox.addCustomer({ email: user.email, externalId });
  await saveDetails(portal.services, user.id, DETAILS);
  expect(await readCustomerState(portal.services, user.id)).toEqual({ state: 'conflict' });
  expect(await customerRow(portal.services, user.id)).toMatchObject({ customerId: null, walletId: null });
  // Neither time nor another save changes that: the operator decides.
  await saveDetails(portal.services, user.id, { ...DETAILS, residenceAddress: '2 Khreshchatyk, Kyiv' });
  await reconcile(portal.services);
  expect(await readCustomerState(portal.services, user.id)).toEqual({ state: 'conflict' });
  expect(await sandbox.calls('/v2/customer/create')).toHaveLength(1);
  expect(await sandbox.customers()).toHaveLength(1);
});

test('a final rejection rejects the details, and the next save tries again', async () => {
  const user = await addUser(portal.services);
  await sandbox.fault({ endpoint: '/v2/customer/create', kind: 'status', status: 400, count: 1 });
  await saveDetails(portal.services, user.id, DETAILS);
  expect(await readCustomerState(portal.services, user.id)).toEqual({ state: 'rejected' });
  expect(await customerRow(portal.services, user.id)).toMatchObject({ rejectionCode: 'FAULT' });
  await reconcile(portal.services);
  expect(await sandbox.calls('/v2/customer/create')).toHaveLength(1);
  await saveDetails(portal.services, user.id, { ...DETAILS, documentNumber: 'FE999999' });
  expect(await readCustomerState(portal.services, user.id)).toMatchObject({ state: 'ready' });
  expect(await customerRow(portal.services, user.id)).toMatchObject({ rejectionCode: null });
  expect(await sandbox.customers()).toHaveLength(1);
});

test('rejects no customer when KunaCore rejects the credentials', async () => {
  const user = await addUser(portal.services);
  await sandbox.fault({ endpoint: '/v2/customer/create', kind: 'status', status: 401, count: 1 });
  await saveDetails(portal.services, user.id, DETAILS);
  expect(await readCustomerState(portal.services, user.id)).toEqual({ state: 'creating' });
  // Surely not carried out: nothing has to be looked up.
  expect(await customerRow(portal.services, user.id)).toMatchObject({ createAttemptedAt: null });
});

test('the audit log names the fields that were confirmed although they do not fit their country, without the numbers', async () => {
  const user = await addUser(portal.services);
  const details = { ...DETAILS, taxNumber: '3184710692' };
  await saveDetails(portal.services, user.id, details, { overruled: ['taxNumber'] });
  await saveDetails(portal.services, user.id, DETAILS);
  const rows = await portal.services.db.select().from(auditEvents).where(eq(auditEvents.event, 'sensitive_update'));
  const facts = rows.filter(({ subject }) => subject === user.id).map((row) => row.facts);
  expect(facts).toEqual([
    { object: 'details', version: 1, consent: CONSENT_VERSION, overruled: 'taxNumber' },
    { object: 'details', version: 2, consent: CONSENT_VERSION },
  ]);
});
