import { expect, test } from 'vitest';
import { addCustomer, NO_LISTENER, usePortal } from '@/tests/portal';
import { readCustomerState } from './row';
import { confirmReady } from './still-ready';

const { portal, sandbox } = usePortal();
const DETAILS = '/v2/customer/details';

test('notices a wallet that Kuna has put on hold, and stores it', async () => {
  const { id } = await addCustomer(portal.services);
  const ready = await readCustomerState(portal.services, id);
  const [customer] = await sandbox.customers();
  await sandbox.setStatus(customer?.id ?? '', { walletStatus: 'Suspicious' });
  expect(await confirmReady(portal.services, id, ready)).toMatchObject({
    state: 'blocked',
    walletStatus: 'Suspicious',
  });
  expect(await readCustomerState(portal.services, id)).toMatchObject({ state: 'blocked' });
});

test('asks at most every 30 seconds about a customer, and about no other', async () => {
  const { id } = await addCustomer(portal.services);
  const ready = await readCustomerState(portal.services, id);
  for (let n = 0; n < 3; n += 1) expect(await confirmReady(portal.services, id, ready)).toBe(ready);
  expect(await sandbox.calls(DETAILS)).toHaveLength(1);
  const verifying = { state: 'verifying', status: 'PENDING' } as const;
  expect(await confirmReady(portal.services, id, verifying)).toBe(verifying);
  expect(await sandbox.calls(DETAILS)).toHaveLength(1);
  const now = portal.services.clock.elapsed();
  const later = { ...portal.services, clock: { ...portal.services.clock, elapsed: () => now + 31_000 } };
  await confirmReady(later, id, ready);
  expect(await sandbox.calls(DETAILS)).toHaveLength(2);
});

test('keeps the stored state while KunaCore is down', async () => {
  const { id } = await addCustomer(portal.services);
  const ready = await readCustomerState(portal.services, id);
  expect(await confirmReady(portal.at(NO_LISTENER), id, ready)).toBe(ready);
});
