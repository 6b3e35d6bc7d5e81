// ASVS 5.0: 8.2.1 16.3.2
import { sql } from 'drizzle-orm';
import { beforeEach, expect, test } from 'vitest';
import { readAuditLog } from '@/lib/audit/read';
import { storeDetails } from '@/lib/customers/details';
import { customers } from '@/lib/db/schema';
import type { Services } from '@/lib/services';
import type { LiveSession } from '@/lib/sessions/find';
import { addUser, DETAILS, linkCustomer, useLonePortal } from '@/tests/portal';
import { countWaiting, listWaiting, performReview, readReviewFile } from './review';

const portal = useLonePortal();
let services: Services;
let operator: LiveSession;
beforeEach(async () => {
  await portal.empty();
  services = { ...portal.services, kyc: { ...portal.services.kyc, reviewers: 2 } };
  operator = { userId: (await addUser(services)).id, role: 'agent', fresh: true } as LiveSession;
});

async function waiting(): Promise<string> {
  const { id } = await addUser(services);
  await storeDetails(services, id, DETAILS);
  return id;
}

const lastEvent = async () => (await readAuditLog(services, { limit: 1 }))[0];

test('reading details in review is recorded, with the operator and the person', async () => {
  const userId = await waiting();
  const file = await readReviewFile(services, operator, userId);
  expect(file).toMatchObject({ details: DETAILS, acceptances: 0, needed: 2, own: false, byThisOperator: false });
  expect(await lastEvent()).toMatchObject({
    event: 'sensitive_read',
    actor: `operator:${operator.userId}`,
    subject: userId,
    facts: { object: 'details-in-review' },
  });
});

test('shows nothing of a person whose details are not in review, and records nothing', async () => {
  const { id } = await addUser(services);
  await storeDetails(portal.services, id, DETAILS);
  const before = await lastEvent();
  expect(await readReviewFile(services, operator, id)).toBeNull();
  expect(await lastEvent()).toEqual(before);
});

test('a review is recorded with its operator, version and reason, without its text', async () => {
  const userId = await waiting();
  const review = { userId, version: 1 };
  expect(await performReview(services, operator, review, null)).toBe('accepted-first');
  expect(await readReviewFile(services, operator, userId)).toMatchObject({ acceptances: 1, byThisOperator: true });
  const why = { reason: 'other', text: 'Your house has no number 900.' } as const;
  expect(await performReview(services, operator, review, why)).toBe('returned');
  expect(await lastEvent()).toMatchObject({
    event: 'user_updated',
    actor: `operator:${operator.userId}`,
    facts: { review: 'returned', reason: 'other', version: 1 },
  });
});

test('a review requires another sign-in after fifteen minutes, and changes nothing [T43]', async () => {
  const userId = await waiting();
  const stale = { ...operator, fresh: false };
  expect(await performReview(services, stale, { userId, version: 1 }, null)).toBe('sign-in-again');
  expect(await readReviewFile(services, operator, userId)).toMatchObject({ acceptances: 0 });
});

test.each(['customer', 'auditor'] as const)('a session of the role %s cannot review [T43]', async (role) => {
  const userId = await waiting();
  const review = performReview(services, { ...operator, role }, { userId, version: 1 }, null);
  await expect(review).rejects.toThrow('Not permitted');
  expect(await readReviewFile(services, operator, userId)).toMatchObject({ acceptances: 0 });
});

test('an attempt at one’s own details is refused and recorded [T43]', async () => {
  await storeDetails(services, operator.userId, DETAILS);
  expect(await performReview(services, operator, { userId: operator.userId, version: 1 }, null)).toBe('self');
  expect(await lastEvent()).toMatchObject({ event: 'authz_fail', facts: { resource: 'review' } });
});

test('the queue has everybody who waits once, the longest wait first, in pages', async () => {
  const ids: string[] = [];
  for (let n = 0; n < 120; n += 1) {
    const { id } = await addUser(services);
    await linkCustomer(services, id);
    ids.push(id);
  }
  // Many of the same time, which milliseconds cannot hold.
  await services.db.update(customers).set({
    review: 'waiting',
    reviewSince: sql`'2026-01-01 00:00:00.123456'::timestamptz + (hashtext(user_id::text) & 3) * interval '1 hour'`,
  });
  const listed: { userId: string; since: Date }[] = [];
  let after: string | null = null;
  do {
    const page: Awaited<ReturnType<typeof listWaiting>> = await listWaiting(services, after);
    listed.push(...page.lines);
    after = page.next;
  } while (after);
  expect(listed.map(({ userId }) => userId).sort()).toEqual([...ids].sort());
  expect(listed.map(({ since }) => since.getTime())).toEqual(
    listed.map(({ since }) => since.getTime()).sort((a, b) => a - b),
  );
  expect(await countWaiting(services)).toBe(120);
});

test('the queue names people and masks their addresses, as every list does', async () => {
  const userId = await waiting();
  const { lines } = await listWaiting(services, null);
  const name = `${DETAILS.firstName} ${DETAILS.lastName}`;
  expect(lines).toMatchObject([{ userId, name, email: expect.stringMatching(/^.•••@/), matter: 'in-review' }]);
});

test('queue and count use the index of waiting reviews', async () => {
  const rows = await services.db.transaction(async (tx) => {
    await tx.execute(sql`set local enable_seqscan = off`);
    return tx.execute(
      sql`explain select user_id from customers where review = 'waiting' order by review_since, user_id limit 51`,
    );
  });
  expect(JSON.stringify(rows)).toContain('customers_review');
  expect(JSON.stringify(rows)).not.toContain('Sort');
});
