// ASVS 5.0: 6.8.4 8.2.1
import { eq, sql } from 'drizzle-orm';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { auditEvents, authorisations, sessions, users } from '@/lib/db/schema';
import { findSession, type LiveSession } from '@/lib/sessions/find';
import { emailColumns } from '@/lib/users/email-columns';
import {
  addUser,
  changeSession,
  linkCustomer,
  NO_LISTENER,
  type Portal,
  sessionRows,
  signIn,
  startPortal,
} from '@/tests/portal';
import { OPERATOR_ACTIONS, performOperatorAction } from './actions';

const OPERATORS = ['operator@example.com', 'second.operator@example.com'];

let portal: Portal;
let operator: { id: string; cookie: string; session: LiveSession };
let customer: string;

beforeAll(async () => {
  portal = await startPortal({ apiUrl: NO_LISTENER, widgetUrl: `${NO_LISTENER}/` }, undefined, {
    OPERATOR_EMAILS: OPERATORS.join(','),
  });
});
beforeEach(async () => {
  await portal.empty();
  operator = await signedIn(await addOperator(0));
  customer = (await addUser(portal.services)).id;
  await linkCustomer(portal.services, customer);
  await signIn(portal.services, customer);
});
afterAll(() => portal?.close());

async function addOperator(which: number): Promise<string> {
  const { id } = await addUser(portal.services);
  const address = emailColumns(portal.services.keyring, id, OPERATORS[which] ?? '');
  await portal.services.db.update(users).set(address).where(eq(users.id, id));
  return id;
}

async function signedIn(id: string) {
  return { id, ...(await signIn(portal.services, id)) };
}

/** Returns the operator's session as it is when the last sign-in is this many minutes old. */
async function aged(minutes: number): Promise<LiveSession> {
  const authenticatedAt = sql`now() - make_interval(mins => ${minutes})`;
  await changeSession(portal.services, operator.session.id, { authenticatedAt });
  const session = await findSession(portal.services, operator.cookie);
  if (!session) throw new Error('signed out');
  return session;
}

/** Returns everything that an action can change about a person. */
async function stateOf(userId: string) {
  const { db } = portal.services;
  const [user] = await db.select().from(users).where(eq(users.id, userId));
  const [authorisation] = await db.select().from(authorisations).where(eq(authorisations.userId, userId));
  const live = (await sessionRows(portal.services, userId)).length;
  return { blocked: user?.blockedAt ?? null, ends: authorisation?.epoch ?? 0, live };
}

describe('every action', () => {
  test.each(OPERATOR_ACTIONS)('%s succeeds after a recent sign-in', async (action) => {
    const before = await stateOf(customer);
    if (action === 'unblock') await performOperatorAction(portal.services, operator.session, 'block', customer);
    expect(await performOperatorAction(portal.services, await aged(14), action, customer)).toBeNull();
    if (action === 'unblock') expect((await stateOf(customer)).blocked).toBeNull();
    else expect(await stateOf(customer)).not.toEqual(before);
  });

  test.each(OPERATOR_ACTIONS)(
    '%s requires another sign-in after fifteen minutes, and changes nothing [T13]',
    async (action) => {
      const before = await stateOf(customer);
      const events = await portal.services.db.$count(auditEvents);
      for (const minutes of [15, 16, 600])
        expect(await performOperatorAction(portal.services, await aged(minutes), action, customer)).toBe(
          'sign-in-again',
        );
      expect(await stateOf(customer)).toEqual(before);
      expect(await portal.services.db.$count(auditEvents)).toBe(events);
    },
  );

  test.each(OPERATOR_ACTIONS)('%s is rejected for a customer, even after a recent sign-in', async (action) => {
    const { session } = await signIn(portal.services, customer);
    const before = await stateOf(customer);
    await expect(performOperatorAction(portal.services, session, action, customer)).rejects.toThrow('Not an operator');
    expect(await stateOf(customer)).toEqual(before);
  });

  test.each(OPERATOR_ACTIONS)('%s returns `gone` for an unknown user', async (action) => {
    const unknown = '00000000-0000-4000-8000-000000000000';
    expect(await performOperatorAction(portal.services, operator.session, action, unknown)).toBe('gone');
  });
});

describe('an operator cannot be blocked', () => {
  test('by themselves', async () => {
    expect(await performOperatorAction(portal.services, operator.session, 'block', operator.id)).toBe('self');
    expect(await performOperatorAction(portal.services, operator.session, 'block', operator.id.toUpperCase())).toBe(
      'self',
    );
    expect((await stateOf(operator.id)).blocked).toBeNull();
    expect(await findSession(portal.services, operator.cookie)).not.toBeNull();
  });

  test('by another operator; the audit log records the attempt [T13]', async () => {
    const second = await addOperator(1);
    expect(await performOperatorAction(portal.services, operator.session, 'block', second)).toBe('operator');
    const other = await signedIn(second);
    expect(await performOperatorAction(portal.services, operator.session, 'block', second)).toBe('operator');
    expect(await performOperatorAction(portal.services, other.session, 'block', operator.id)).toBe('operator');
    expect((await stateOf(second)).blocked).toBeNull();
    const tried = await portal.services.db.select().from(auditEvents).where(eq(auditEvents.subject, second));
    expect(tried).toContainEqual(
      expect.objectContaining({ event: 'authz_fail', actor: `operator:${operator.id}`, facts: { resource: 'block' } }),
    );
  });

  test('but can be signed out, and unblocked', async () => {
    const second = await addOperator(1);
    await signedIn(second);
    expect(await performOperatorAction(portal.services, operator.session, 'sign-out', second)).toBeNull();
    expect((await stateOf(second)).live).toBe(0);
    await portal.services.db.update(users).set({ blockedAt: new Date() }).where(eq(users.id, second));
    expect(await performOperatorAction(portal.services, operator.session, 'unblock', second)).toBeNull();
    expect((await stateOf(second)).blocked).toBeNull();
  });
});

describe('the role of a session', () => {
  test.each([
    ['oidc', 'supervisor'],
    ['email', 'customer'],
    [null, 'customer'],
    ['OIDC', 'customer'],
  ])('of the sign-in method %s is %s [T13]', async (provider, role) => {
    const { session, cookie } = await signIn(portal.services, operator.id, { provider, authTime: null });
    expect(session.role).toBe(role);
    expect((await findSession(portal.services, cookie))?.role).toBe(role);
  });

  test('cannot be raised to supervisor by a changed row: the session is rejected', async () => {
    const { cookie, session } = await signIn(portal.services, operator.id, { provider: 'email', authTime: null });
    await portal.services.db.update(sessions).set({ role: 'supervisor' }).where(eq(sessions.id, session.id));
    expect(await findSession(portal.services, cookie)).toBeNull();
  });
});
