// ASVS 5.0: 2.3.2 2.4.1 6.3.1 6.6.3
import { sql } from 'drizzle-orm';
import { afterEach, expect, test } from 'vitest';
import { closeWindows } from '@/lib/audit/counted';
import { readAuditLog } from '@/lib/audit/read';
import { auditEvents, rateLimits } from '@/lib/db/schema';
import { useLonePortal } from '@/tests/portal';
import { countTry } from './count';
import { RATE_LIMITS } from './limits';

const portal = useLonePortal();
afterEach(async () => void (await portal.services.db.delete(rateLimits)));

const { uses, seconds } = RATE_LIMITS['link-mailbox'];
const countLink = (who = 'anna@example.com') => countTry(portal.services, 'link-mailbox', who);
const later = (by: number) =>
  portal.services.db.update(rateLimits).set({ until: sql`${rateLimits.until} - make_interval(secs => ${by})` });

test('allows the configured tries in a window, then returns the time to wait, for each subject alone [T19]', async () => {
  for (let n = 0; n < uses; n += 1) expect(await countLink()).toEqual({ allowed: true });
  const refused = await countLink();
  expect(refused).toMatchObject({ allowed: false });
  expect(refused.allowed === false && refused.retryInSeconds).toBeGreaterThan(seconds - 60);
  expect(await countLink('olena@example.com')).toEqual({ allowed: true });
  expect(await countTry(portal.services, 'link-address', 'anna@example.com')).toEqual({ allowed: true });
});

test('allows no further try from concurrent requests of two portals [T19]', async () => {
  const two = portal.at('http://127.0.0.1:2');
  const counts = await Promise.all(
    Array.from({ length: 40 }, (_, n) => countTry(n % 2 ? two : portal.services, 'link-mailbox', 'many@example.com')),
  );
  expect(counts.filter(({ allowed }) => allowed)).toHaveLength(uses);
});

test('starts a window with the first try, and a new one when it ends', async () => {
  for (let n = 0; n < uses + 5; n += 1) await countLink();
  await later(seconds - 1);
  expect(await countLink()).toEqual({ allowed: false, retryInSeconds: 1 });
  await later(2);
  expect(await countLink()).toEqual({ allowed: true });
});

test('stores the subject as a keyed hash, and deletes it when the window ends', async () => {
  await countLink();
  const [row] = await portal.services.db.select().from(rateLimits);
  expect(row?.key).not.toContain('anna');
  await closeWindows(portal.services);
  expect(await portal.services.db.select().from(rateLimits)).toHaveLength(1);
  await later(seconds + 1);
  await closeWindows(portal.services);
  expect(await portal.services.db.select().from(rateLimits)).toHaveLength(0);
});

test('records an exceeded limit in the audit log once per window', async () => {
  const count = async () => portal.services.db.$count(auditEvents);
  const before = await count();
  for (let n = 0; n < uses + 10; n += 1) await countLink();
  expect(await count()).toBe(before + 1);
  expect((await readAuditLog(portal.services))[0]).toMatchObject({
    event: 'excess_rate_limit_exceeded',
    facts: { limit: 'link-mailbox' },
  });
});
