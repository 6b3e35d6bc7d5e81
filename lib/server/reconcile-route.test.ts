import { gt } from 'drizzle-orm';
import { expect, test } from 'vitest';
import { config } from '@/lib/config/config';
import { authorisations } from '@/lib/db/schema';
import { RATE_LIMITS } from '@/lib/rate-limits/limits';
import { addCustomer, signIn, usePortal } from '@/tests/portal';
import { reconcileRoute } from './reconcile-route';

const TOKEN = 'a-token-of-the-scheduler-0123456789';
const { portal } = usePortal();

async function request(authorization?: string, token: string | null = TOKEN): Promise<Response> {
  Object.assign(config(), { reconcileToken: token, email: null });
  const headers = authorization ? { authorization } : undefined;
  return reconcileRoute(new Request('http://localhost/api/reconcile', { method: 'POST', headers }));
}

test('does a round for the scheduler that knows the token', async () => {
  const { services } = portal;
  const { id } = await addCustomer(services);
  await (await signIn(services, id)).signOut();
  const response = await request(`Bearer ${TOKEN}`);
  expect(response.status).toBe(200);
  expect(await response.json()).toMatchObject({ complete: true, work: { revocations: { due: 1, left: 0 } } });
  expect(response.headers.get('cache-control')).toBe('no-store');
  expect(await services.db.$count(authorisations, gt(authorisations.epoch, authorisations.revokedEpoch))).toBe(0);
});

test.each([undefined, TOKEN, 'Bearer ', `Bearer ${TOKEN}x`, `Bearer ${TOKEN.slice(0, -1)}`, `Basic ${TOKEN}`])(
  'refuses the authorization %s',
  async (authorization) => {
    const response = await request(authorization);
    expect(response.status).toBe(401);
    expect(response.headers.get('www-authenticate')).toBe('Bearer');
    expect(await response.text()).toBe('');
  },
);

test('limits wrong tokens of an address, and never the right one', async () => {
  for (let count = 0; count < RATE_LIMITS['reconcile-address'].uses; count += 1) await request('Bearer wrong');
  const limited = await request('Bearer wrong');
  expect(limited.status).toBe(429);
  expect(Number(limited.headers.get('retry-after'))).toBeGreaterThan(0);
  expect((await request(`Bearer ${TOKEN}`)).status).toBe(200);
});

test('does not exist without the setting', async () => {
  expect((await request('Bearer ', null)).status).toBe(404);
  expect((await request(`Bearer ${TOKEN}`, null)).status).toBe(404);
});
