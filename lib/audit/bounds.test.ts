// ASVS 5.0: 15.2.2 16.3.2
import { readFileSync } from 'node:fs';
import { and, count, eq, sql } from 'drizzle-orm';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { recordRefusal } from '@/lib/auth/session';
import { revokeAccess } from '@/lib/authorisations/epoch';
import { revokePending } from '@/lib/authorisations/revoke';
import { withLease } from '@/lib/customers/lease';
import type { Database } from '@/lib/db/client';
import { auditEvents, authorisations, rateLimits } from '@/lib/db/schema';
import { performOperatorAction } from '@/lib/operator/actions';
import { countTry } from '@/lib/rate-limits/count';
import { RATE_LIMITS } from '@/lib/rate-limits/limits';
import type { Services } from '@/lib/services';
import { UNKNOWN_BROWSER } from '@/lib/sign-in/browser';
import { authOptions } from '@/lib/sign-in/options';
import { addUser, linkCustomer, NO_LISTENER, type Portal, startPortal } from '@/tests/portal';
import { productionSources } from '@/tests/sources';
import { AUDIT_BOUNDS, type Bound, type CountedEvent, type CountedName } from './bounds';
import { appendCountedAudit, closeWindows } from './counted';
import { readAuditLog } from './read';
import { sealAudit } from './seal';
import { verifyAuditLog } from './verify';

let portal: Portal;
let userId: string;
let services: Services;

beforeAll(async () => {
  portal = await startPortal({ apiUrl: NO_LISTENER, widgetUrl: `${NO_LISTENER}/` });
  const kunacore = { ...portal.services.kunacore, invalidate: async () => {} };
  services = { ...portal.services, kunacore } as Services;
});
beforeEach(async () => {
  await services.db.delete(rateLimits);
  userId = (await addUser(services)).id;
  await linkCustomer(services, userId);
});
afterAll(() => portal?.close());

const EVENTS = [...readFileSync('lib/audit/events.ts', 'utf8').matchAll(/event: '(\w+)'/g)].map(
  ([, name = '']) => name,
);
const bounds: [string, Bound][] = Object.entries(AUDIT_BOUNDS);

const rowsOf = async (event: string) => {
  const [found] = await services.db.select({ rows: count() }).from(auditEvents).where(eq(auditEvents.event, event));
  return found?.rows ?? 0;
};

/** Ends the windows of all counted events. */
const endWindows = () => services.db.update(rateLimits).set({ until: sql`now() - interval '1 second'` });

test('declares a bound for every audit event and for nothing else [T34]', () => {
  expect(EVENTS.length).toBeGreaterThan(10);
  expect(Object.keys(AUDIT_BOUNDS).sort()).toEqual([...new Set(EVENTS)].sort());
});

describe('an event with a bounded cause', () => {
  const limited = bounds.flatMap(([event, bound]) =>
    'limits' in bound ? Object.entries(bound.limits).map(([limit, file]) => [event, limit, file] as const) : [],
  );
  test.each(limited)('%s is limited by %s, counted in %s', (_event, limit, file) => {
    expect(RATE_LIMITS).toHaveProperty(limit);
    const counts = `count(?:For|ForAddress|Try)\\((?:\\w+, )?'${limit}'`;
    // The `limit` setting of a server action (lib/auth/action.ts).
    expect(readFileSync(file, 'utf8')).toMatch(new RegExp(`${counts}|limit: '${limit}'`));
  });

  test('follows only events with a bound of their own', () => {
    for (const [event, bound] of bounds)
      if ('follows' in bound) expect(AUDIT_BOUNDS[bound.follows], event).not.toHaveProperty('follows');
  });

  test('every page and action of the support console counts against the operator’s rate limit', () => {
    const entrances = [...productionSources()].filter(([file]) =>
      /^app\/.*\/(page\.tsx|actions\.ts|route\.ts)$/.test(file),
    );
    expect(entrances.length).toBeGreaterThan(20);
    for (const [file, text] of entrances) {
      const guards = text.match(/await (?:requireOperator|identifyOperator)\(/g)?.length;
      expect(text.match(/await withinLimit\(/g)?.length, file).toBe(guards);
    }
  });
});

/** Causes each counted event as customers and strangers would, through the code that records it. */
const CAUSES: Record<CountedName, (n: number) => Promise<unknown>> = {
  authn_login_fail: async () => {
    const { signIn } = authOptions(undefined, async () => UNKNOWN_BROWSER).callbacks ?? {};
    const account = { type: 'oauth', provider: 'oidc', providerAccountId: 'x' } as const;
    await signIn?.({
      user: { id: 'x', email: 'olena@example.test' },
      account,
      profile: { problem: 'email-trust' } as never,
    });
  },
  authz_fail: () => recordRefusal({ userId, role: 'customer' }, 'read-customers'),
  authz_change: () => revokeAccess(services, userId, 'ended-by-user'),
  authn_token_revoked: async () => {
    await services.db.update(authorisations).set({ epoch: sql`epoch + 1` }).where(eq(authorisations.userId, userId));
    await withLease(services, userId, 0, (lease) => revokePending(services, userId, lease));
  },
  excess_rate_limit_exceeded: async (n) => {
    for (let use = 0; use <= RATE_LIMITS['link-mailbox'].uses; use += 1)
      await countTry(services, 'link-mailbox', `somebody-${n}@example.test`);
  },
};

describe('a counted event', () => {
  test.each(Object.entries(CAUSES) as [CountedName, (n: number) => Promise<unknown>][])(
    '%s: appends the allowed rows, then one row with the number of repetitions [T34]',
    async (event, cause) => {
      const { rows } = AUDIT_BOUNDS[event].counted;
      const before = await rowsOf(event);
      const times = 3 * rows + 17;
      for (let n = 0; n < times; n += 1) await cause(n);
      expect((await rowsOf(event)) - before).toBe(rows);
      expect(await services.db.$count(rateLimits, sql`${rateLimits.event} is not null`)).toBe(1);
      await closeWindows(services);
      expect((await rowsOf(event)) - before).toBe(rows);
      await endWindows();
      await Promise.all([closeWindows(services), closeWindows(services)]);
      expect((await rowsOf(event)) - before).toBe(rows + 1);
      expect((await readAuditLog(services, { limit: 1 }))[0]).toMatchObject({ event, facts: { times: times - rows } });
      expect(await services.db.$count(rateLimits)).toBe(0);
      while ((await sealAudit(services)) === 'more');
      expect(await verifyAuditLog(services)).toMatchObject({ ok: true, unsealed: { count: 0 } });
    },
  );

  test('counts an operator’s actions per customer and action', async () => {
    const { rows } = AUDIT_BOUNDS.authz_change.counted;
    const operator = { userId: (await addUser(services)).id, role: 'supervisor', fresh: true } as const;
    const before = await rowsOf('authz_change');
    const reason = { code: 'lost-device', text: '' } as const;
    for (let n = 0; n < rows + 5; n += 1) await performOperatorAction(services, operator, 'sign-out', userId, reason);
    await performOperatorAction(services, operator, 'cancel-authorisation', userId, reason);
    expect((await rowsOf('authz_change')) - before).toBe(rows + 1);
  });

  test('appends no summary row for a single event', async () => {
    await recordRefusal({ userId, role: 'customer' }, 'read-customers');
    await endWindows();
    const before = await rowsOf('authz_fail');
    await closeWindows(services);
    expect(await rowsOf('authz_fail')).toBe(before);
    await recordRefusal({ userId, role: 'customer' }, 'read-customers');
    expect(await rowsOf('authz_fail')).toBe(before + 1);
  });

  test('counts concurrent events of different people separately', async () => {
    const others = await Promise.all(Array.from({ length: 5 }, () => addUser(services)));
    await Promise.all(
      others.flatMap(({ id }) =>
        Array.from({ length: 20 }, () => recordRefusal({ userId: id, role: 'customer' }, 'read-customers')),
      ),
    );
    for (const { id } of others) {
      const mine = and(eq(auditEvents.event, 'authz_fail'), eq(auditEvents.subject, id));
      expect(await services.db.$count(auditEvents, mine)).toBe(1);
    }
  });

  test('handles a repetition with one statement that neither locks nor reads the audit log', async () => {
    const refused: CountedEvent = {
      event: 'authz_fail',
      actor: `user:${userId}`,
      subject: userId,
      facts: { resource: 'operator' },
    };
    await services.db.transaction(async (tx) => appendCountedAudit(tx, services.keyring, refused));
    const statements: string[] = [];
    const watched = new Proxy(services.db, {
      get(target, name) {
        if (/^(?:insert|select|update|delete|execute|transaction)$/.test(String(name))) statements.push(String(name));
        return Reflect.get(target, name);
      },
    });
    expect(await appendCountedAudit(watched as Database, services.keyring, refused)).toBe(false);
    expect(statements).toEqual(['insert']);
  });
});
