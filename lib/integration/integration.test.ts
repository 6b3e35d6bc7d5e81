import { sql } from 'drizzle-orm';
import { beforeEach, expect, test } from 'vitest';
import { startNextEpoch } from '@/lib/authorisations/epoch';
import { authorisations, customers, incidents, kunacoreCalls, kunacoreContractChanges } from '@/lib/db/schema';
import { CallCounts } from '@/lib/kunacore/call-counts';
import type { Contract } from '@/lib/kunacore/contract';
import { ContractWatch } from '@/lib/kunacore/contract-watch';
import { blockUser } from '@/lib/operator/block';
import { nextRound } from '@/lib/server/reconciler';
import { sweep } from '@/lib/server/sweep';
import { addCustomer, addUser, linkCustomer, NO_LISTENER, usePortal } from '@/tests/portal';
import { lastAuditCheck, storeAuditCheck } from './audit-check';
import { lastHour, storeCalls } from './calls';
import { contractDifferences, storeContractChanges } from './contract-changes';
import { incidentsCsv, listIncidents } from './incidents';
import { readOverview } from './overview';

const { portal } = usePortal();
beforeEach(async () => {
  const { db } = portal.services;
  await Promise.all([db.delete(incidents), db.delete(kunacoreCalls), db.delete(kunacoreContractChanges)]);
});

test('adds up the calls of several instances in few rows', async () => {
  for (let instance = 0; instance < 2; instance += 1) {
    const counts = new CallCounts();
    for (let call = 0; call < 100; call += 1)
      counts.add({ endpoint: '/v2/balance', milliseconds: call < 90 ? 40 : 900, failed: call >= 95 });
    counts.add({ endpoint: '/v2/customer/find', milliseconds: 10, failed: false });
    await storeCalls(portal.services, counts);
    await storeCalls(portal.services, counts);
  }
  expect(await portal.services.db.$count(kunacoreCalls)).toBeLessThanOrEqual(8);
  const { all, endpoints } = await lastHour(portal.services);
  expect(all).toMatchObject({ calls: 202, failed: 10, medianMs: 50, slowMs: 1_600 });
  expect(endpoints.map(([name, { calls }]) => [name, calls])).toEqual([
    ['/v2/balance', 200],
    ['/v2/customer/find', 2],
  ]);
});

test('leaves out and sweeps calls of earlier hours', async () => {
  const counts = new CallCounts();
  const call = { endpoint: '/v2/balance', milliseconds: 40, failed: false };
  counts.add(call, Date.now() - 90 * 60_000);
  counts.add(call, Date.now() - 150 * 60_000);
  await storeCalls(portal.services, counts);
  expect((await lastHour(portal.services)).all).toMatchObject({ calls: 0, medianMs: null, lastAnswered: null });
  await sweep(portal.services);
  expect(await portal.services.db.$count(kunacoreCalls)).toBe(1);
});

test('adds up the differences from the contract of several instances, and sweeps old ones', async () => {
  const { services } = portal;
  for (let instance = 0; instance < 2; instance += 1) {
    const watch = new ContractWatch(CONTRACT, () => {});
    for (const hoursAgo of [0, 1, 60])
      watch.observe({ endpoint: '/v2/balance', status: 200, text: '{"data":{}}' }, Date.now() - hoursAgo * 3_600_000);
    await storeContractChanges(services, watch);
    await storeContractChanges(services, watch);
  }
  expect(await contractDifferences(services)).toEqual([
    { endpoint: '/v2/balance', kind: 'type', key: 'data', responses: 4, last: expect.any(Date) },
  ]);
  await sweep(services);
  expect(await services.db.$count(kunacoreContractChanges)).toBe(2);
  expect((await readOverview(services)).contract).toBeNull();
});

const CONTRACT: Contract = {
  version: 1,
  host: 'api.example',
  checkedAt: '2026-01-02T03:04:05.678Z',
  mode: 'write',
  answers: {},
  endpoints: { '/v2/balance': { statuses: [200], shape: { $: ['object'], data: ['array'] } } },
};

test('records an outage from its beginning to its end, with the work that waited', async () => {
  const { services } = portal;
  const down = portal.at(NO_LISTENER);
  const [blocked, ended] = [await addCustomer(services), await addCustomer(services)];
  await blockUser(services, blocked.id);
  await startNextEpoch(services.db, [ended.id], 'signed-out');
  let pause = await nextRound(down, null);
  pause = await nextRound(down, pause);
  expect(await listIncidents(services, 10)).toMatchObject([
    { endedAt: null, peopleAffected: 2, revocationsDelayed: 1 },
  ]);
  expect((await readOverview(services)).kunacore).toBe('unreachable');
  await makeDue();
  await nextRound(services, pause);
  const [incident, ...others] = await listIncidents(services, 10);
  expect(others).toEqual([]);
  expect(incident?.endedAt).toBeInstanceOf(Date);
  expect(incidentsCsv([incident as NonNullable<typeof incident>])).toMatch(
    /^started_at,ended_at,people_affected,revocations_delayed\r\n\d{4}-[^,]+Z,\d{4}-[^,]+Z,2,1\r\n$/,
  );
});

test('begins no incident without an outage', async () => {
  await addCustomer(portal.services);
  await nextRound(portal.services, null);
  expect(await listIncidents(portal.services, 10)).toEqual([]);
});

test('counts what waits for KunaCore', async () => {
  const { services } = portal;
  expect(await readOverview(services)).toMatchObject({
    kunacore: 'unknown',
    revocations: { count: 0, oldestSeconds: null },
    customers: { creates: 0, updates: 0, walletChanges: 0, verifications: 0 },
  });
  const { id } = await addUser(services);
  await linkCustomer(services, id);
  await services.db.update(customers).set({ acceptedVersion: 2, sentVersion: 1, verificationStatus: 'PENDING' });
  await blockUser(services, id);
  await startNextEpoch(services.db, [id], 'blocked');
  expect(await readOverview(services)).toMatchObject({
    revocations: { count: 1 },
    customers: { creates: 0, updates: 1, walletChanges: 1, verifications: 1 },
  });
});

test('keeps the last verification of the audit log', async () => {
  const { services } = portal;
  await storeAuditCheck(services, { ok: true, head: { seq: 7, hash: 'h' }, unsealed: { count: 0, oldest: null } });
  expect(await lastAuditCheck(services)).toMatchObject({ problem: null, events: 7 });
  await storeAuditCheck(services, { ok: false, seq: 5, problem: 'missing' });
  expect(await lastAuditCheck(services)).toMatchObject({ problem: 'missing', events: 4 });
});

async function makeDue(): Promise<void> {
  const { db } = portal.services;
  await db.update(customers).set({ nextAttemptAt: sql`now()` });
  await db.update(authorisations).set({ nextAttemptAt: sql`now()` });
}
