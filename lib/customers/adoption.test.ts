// A customer with the user's e-mail address, or one like it, exists at KunaCore before we create ours. Tried with
// every combination of answers that decide on how it shows.
import { randomUUID } from 'node:crypto';
import { eq, sql } from 'drizzle-orm';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { customers } from '@/lib/db/schema';
import { type Answers, combinations, OF_CUSTOMERS } from '@/tests/combinations';
import { addUser, customerRow, DETAILS, type Portal, startPortal, type TestUser } from '@/tests/portal';
import { REFERENCE_LOGIN, type ReferenceKunaCore, startReferenceKunaCore } from '@/tests/reference-kunacore';
import { createCustomer } from './create';
import { storeDetails } from './details';

let kunacore: ReferenceKunaCore;
let portal: Portal;

beforeAll(async () => {
  kunacore = await startReferenceKunaCore();
  portal = await startPortal(kunacore, REFERENCE_LOGIN);
});
beforeEach(async () => {
  await Promise.all([portal.empty(), kunacore.reset()]);
});
afterAll(async () => {
  await Promise.all([portal?.close(), kunacore?.stop()]);
});

describe.each([...combinations(OF_CUSTOMERS)])('%j', (answers) => {
  test('adopts ours, and none that is similar', async () => {
    const { user, externalId } = await intendCustomer(answers);
    await createElsewhere(`x${user.email}`, randomUUID());
    await createElsewhere(`copy.${user.email}`, `${externalId}-copy`);
    const ours = await createElsewhere(user.email, externalId);
    const ready = { state: 'ready', customerId: ours.id, walletId: ours.walletId };
    expect(await createCustomer(portal.services, user.id, 0)).toEqual(ready);
  });

  test.each(['crm-4711', undefined])('one with the externalId %s is never adopted [T21]', async (externalId) => {
    const { user } = await intendCustomer(answers);
    await createElsewhere(user.email, externalId);
    expect(await createCustomer(portal.services, user.id, 0)).toEqual({ state: 'conflict' });
    expect(await customerRow(portal.services, user.id)).toMatchObject({ customerId: null, walletId: null });
  });

  test('never adopts one with a similar address, also after a lost response', async () => {
    const { user } = await intendCustomer(answers);
    const createAttemptedAt = sql`now()`;
    await portal.services.db.update(customers).set({ createAttemptedAt }).where(eq(customers.userId, user.id));
    const similar = await createElsewhere(`x${user.email}`, randomUUID());
    expect(await createCustomer(portal.services, user.id, 0)).toMatchObject({ state: 'ready' });
    const { customerId } = await customerRow(portal.services, user.id);
    expect(customerId).not.toBe(similar.id);
  });
});

/** A user whose details are stored, with the id that our customer will have, before KunaCore is asked. */
async function intendCustomer(answers: Answers): Promise<{ user: TestUser; externalId: string }> {
  await kunacore.switches(answers);
  const user = await addUser(portal.services);
  await storeDetails(portal.services, user.id, DETAILS);
  return { user, externalId: (await customerRow(portal.services, user.id)).externalId };
}

/** A customer that was created past this portal. */
async function createElsewhere(email: string, externalId?: string): Promise<{ id: string; walletId: string }> {
  const response = await fetch(`${kunacore.apiUrl}/v2/customer/create`, {
    method: 'POST',
    headers: { 'api-key': 'reference-kunacore-key', 'content-type': 'application/json' },
    body: JSON.stringify({
      email,
      externalId,
      firstName: 'Somebody',
      lastName: 'Else',
      country: 'PL',
      verificationDocumentId: 'PL-1',
      residenceAddress: '1 Elsewhere',
    }),
  });
  expect(response.status).toBe(201);
  return ((await response.json()) as { data: { id: string; walletId: string } }).data;
}
