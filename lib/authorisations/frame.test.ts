// From "Buy crypto" or the buy page to the frame, and the state that the buy page reads afterwards.
// ASVS 5.0: 2.3.1 8.3.1
import { eq, sql } from 'drizzle-orm';
import { describe, expect, test } from 'vitest';
import type { Clock } from '@/lib/clock';
import { sessions } from '@/lib/db/schema';
import { RATE_LIMITS } from '@/lib/rate-limits/limits';
import { reconcile } from '@/lib/server/reconciler';
import { findSession } from '@/lib/sessions/find';
import {
  addCustomer,
  addUser,
  authorisationRow,
  changeSession,
  sessionRows,
  signIn,
  USER_AGENT,
  usePortal,
} from '@/tests/portal';
import { AHEAD_MS, type AheadStore, issueAhead } from './ahead';
import { revokeAccess } from './epoch';
import { openFrame } from './frame';

const TOKEN = '/v2/ramp/token';

const { portal, sandbox } = usePortal();

describe('a token issued ahead', () => {
  test('opens the frame of its browser without a second call, and is stored nowhere', async () => {
    const { session, store } = await customerSignedIn();
    issueAhead(portal.services, session, USER_AGENT, store);
    const url = urlOf(await openFrame(portal.services, session, USER_AGENT, store));
    expect(await sandbox.calls(TOKEN)).toHaveLength(1);
    expect(url.href.startsWith(`${sandbox.widgetUrl}?institutionId=5f0c0b1e-`)).toBe(true);
    expect([...url.searchParams.keys()]).toEqual(['institutionId', 'refreshToken']);
    expect(await opens(url)).toBe(true);
    const token = String(url.searchParams.get('refreshToken'));
    expect(JSON.stringify(await sessionRows(portal.services, session.userId))).not.toContain(token.split('.')[2]);
    expect(store.size).toBe(0);
  });

  test('is handed over once, also to frames that open at the same time', async () => {
    const { session, store } = await customerSignedIn();
    issueAhead(portal.services, session, USER_AGENT, store);
    const frames = await Promise.all([1, 2, 3].map(() => openFrame(portal.services, session, USER_AGENT, store)));
    expect(new Set(frames.map((frame) => urlOf(frame).href)).size).toBe(3);
    expect(await sandbox.calls(TOKEN)).toHaveLength(3);
  });

  test('is the only one that waits for its session, however often the page is loaded', async () => {
    const { session, store } = await customerSignedIn();
    for (const userAgent of [USER_AGENT, USER_AGENT, 'another browser'])
      issueAhead(portal.services, session, userAgent, store);
    await openFrame(portal.services, session, USER_AGENT, store);
    expect(await sandbox.calls(TOKEN)).toHaveLength(1);
  });

  test('is not handed to another session of the same person, and waits on for its own [T9]', async () => {
    const { user, session, store } = await customerSignedIn();
    await issueAhead(portal.services, session, USER_AGENT, store);
    const other = await signIn(portal.services, user.id);
    const foreign = urlOf(await openFrame(portal.services, other.session, USER_AGENT, store));
    expect(await sandbox.calls(TOKEN)).toHaveLength(2);
    const own = urlOf(await openFrame(portal.services, session, USER_AGENT, store));
    expect(await sandbox.calls(TOKEN)).toHaveLength(2);
    expect(own.href).not.toBe(foreign.href);
  });

  test('is not handed to another user agent [T22]', async () => {
    const { session, store } = await customerSignedIn();
    await issueAhead(portal.services, session, USER_AGENT, store);
    await openFrame(portal.services, session, 'another browser', store);
    expect((await sandbox.calls(TOKEN)).map(({ body }) => body.userAgent)).toEqual([USER_AGENT, 'another browser']);
  });

  test('is not handed over once the access epoch has ended', async () => {
    const { user, session, store } = await customerSignedIn();
    issueAhead(portal.services, session, USER_AGENT, store);
    await store.get(session.id)?.token;
    await revokeAccess(portal.services, user.id, 'ended-by-user');
    const url = urlOf(await openFrame(portal.services, session, USER_AGENT, store));
    expect((await sandbox.calls()).map(({ path }) => path).slice(-2)).toEqual(['/v2/ramp/invalidate', TOKEN]);
    await reconcile(portal.services);
    expect(await opens(url)).toBe(true);
  });

  test('is not handed over once the session has ended or expired', async () => {
    for (const end of ['signs out', 'expires'] as const) {
      const { session, signOut, store } = await customerSignedIn();
      issueAhead(portal.services, session, USER_AGENT, store);
      await store.get(session.id)?.token;
      if (end === 'signs out') await signOut();
      else await changeSession(portal.services, session.id, { expiresAt: sql`now() - interval '1 second'` });
      expect((await openFrame(portal.services, session, USER_AGENT, store)).show).not.toBe('widget');
    }
  });

  test('is handed over within its time, and forgotten afterwards', async () => {
    for (const [waited, calls] of [
      [AHEAD_MS, 1],
      [AHEAD_MS + 1, 2],
    ] as const) {
      await sandbox.reset();
      const { session, store } = await customerSignedIn();
      const clock = new StoppedClock();
      const services = { ...portal.services, clock };
      issueAhead(services, session, USER_AGENT, store);
      await store.get(session.id)?.token;
      clock.now += waited;
      urlOf(await openFrame(services, session, USER_AGENT, store));
      expect(await sandbox.calls(TOKEN)).toHaveLength(calls);
      clock.ring();
      expect(store.size).toBe(0);
    }
  });

  test('is not invalidated when no frame comes: other devices of the customer keep theirs', async () => {
    const { user, session, store } = await customerSignedIn();
    const other = await signIn(portal.services, user.id);
    const url = urlOf(await openFrame(portal.services, other.session, USER_AGENT, store));
    const clock = new StoppedClock();
    issueAhead({ ...portal.services, clock }, session, USER_AGENT, store);
    await store.get(session.id)?.token;
    clock.ring();
    await reconcile(portal.services);
    expect(store.size).toBe(0);
    expect(await sandbox.calls('/v2/ramp/invalidate')).toHaveLength(0);
    expect(await opens(url)).toBe(true);
    expect(await authorisationRow(portal.services, user.id)).toMatchObject({ epoch: 0 });
  });

  test('leaves its failure to the frame, which does not call KunaCore again', async () => {
    const { session, store } = await customerSignedIn();
    await sandbox.fault({ endpoint: TOKEN, kind: 'status', status: 500 });
    issueAhead(portal.services, session, USER_AGENT, store);
    await store.get(session.id)?.token;
    const calls = (await sandbox.calls(TOKEN)).length;
    const frame = await openFrame(portal.services, session, USER_AGENT, store);
    expect(frame).toEqual({ show: 'unavailable', retryInSeconds: 5 });
    expect(await sandbox.calls(TOKEN)).toHaveLength(calls);
  });

  test("counts towards the account's limit, once for each call", async () => {
    const { session, store } = await customerSignedIn();
    const { uses } = RATE_LIMITS['token-account'];
    for (let n = 0; n < uses; n += 1) {
      issueAhead(portal.services, session, USER_AGENT, store);
      urlOf(await openFrame(portal.services, session, USER_AGENT, store));
    }
    issueAhead(portal.services, session, USER_AGENT, store);
    expect(await openFrame(portal.services, session, USER_AGENT, store)).toMatchObject({ show: 'too-many' });
    expect(await sandbox.calls(TOKEN)).toHaveLength(uses);
  });
});

test('a customer who is not ready gets no token', async () => {
  const user = await addUser(portal.services);
  const { session } = await signIn(portal.services, user.id);
  const store: AheadStore = new Map();
  issueAhead(portal.services, session, USER_AGENT, store);
  expect(await openFrame(portal.services, session, USER_AGENT, store)).toEqual({ show: 'not-ready' });
  expect(await openFrame(portal.services, session, USER_AGENT, store)).toEqual({ show: 'not-ready' });
  expect(await sandbox.calls(TOKEN)).toHaveLength(0);
});

describe('the status of the buy page', () => {
  test('is none before the widget was shown, then live, then ended', async () => {
    const { user, session, cookie, store } = await customerSignedIn();
    expect(await statusOf(cookie)).toEqual({ state: 'none' });
    await openFrame(portal.services, session, USER_AGENT, store);
    expect(await statusOf(cookie)).toEqual({ state: 'live' });
    await revokeAccess(portal.services, user.id, 'ended-by-user');
    expect(await statusOf(cookie)).toEqual({ state: 'ended' });
    // Carried out is still ended; a new token is a new beginning.
    await reconcile(portal.services);
    expect(await statusOf(cookie)).toEqual({ state: 'ended' });
    await openFrame(portal.services, session, USER_AGENT, store);
    expect(await statusOf(cookie)).toEqual({ state: 'live' });
  });

  test('when another browser of the same person signs out', async () => {
    const { user, session, cookie, store } = await customerSignedIn();
    const other = await signIn(portal.services, user.id);
    await openFrame(portal.services, session, USER_AGENT, store);
    await other.signOut();
    expect(await statusOf(cookie)).toEqual({ state: 'ended' });
  });

  test('reports that the token expires soon, and that it has expired', async () => {
    const { session, cookie, store } = await customerSignedIn();
    await openFrame(portal.services, session, USER_AGENT, store);
    await letTokenLast(session.id, 120);
    const soon = await statusOf(cookie);
    if (soon?.state !== 'expiring') throw new Error(soon?.state);
    expect(soon.inSeconds).toBeGreaterThan(60);
    expect(soon.inSeconds).toBeLessThanOrEqual(120);
    await letTokenLast(session.id, -1);
    expect(await statusOf(cookie)).toEqual({ state: 'expired' });
  });
});

async function customerSignedIn() {
  const user = await addCustomer(portal.services);
  const store: AheadStore = new Map();
  return { user, store, ...(await signIn(portal.services, user.id)) };
}

/** A clock that a test moves. */
class StoppedClock implements Clock {
  now = 0;
  #due: (() => void)[] = [];
  elapsed = () => this.now;
  sleep = async () => {};
  later = (_: number, work: () => void) => void this.#due.push(work);
  /** Runs what was to run later. */
  ring(): void {
    for (const work of this.#due.splice(0)) work();
  }
}

async function statusOf(cookie: string) {
  return (await findSession(portal.services, cookie))?.authorisation;
}

function urlOf(frame: Awaited<ReturnType<typeof openFrame>>): URL {
  if (frame.show !== 'widget') throw new Error(`the frame shows ${frame.show}`);
  return new URL(frame.url);
}

async function opens(url: URL): Promise<boolean> {
  return (await fetch(url, { headers: { 'user-agent': USER_AGENT } })).status === 200;
}

async function letTokenLast(sessionId: string, seconds: number): Promise<void> {
  const authorisedUntil = sql`now() + make_interval(secs => ${seconds})`;
  await portal.services.db.update(sessions).set({ authorisedUntil }).where(eq(sessions.id, sessionId));
}
