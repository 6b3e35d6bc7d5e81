// ASVS 5.0: 6.8.4 8.2.1 8.2.3
import { and, eq, sql } from 'drizzle-orm';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { config } from '@/lib/config/config';
import { OPERATOR_ROLES } from '@/lib/config/operators';
import { approvals, auditEvents, authorisations, caseNotes, sessions, users } from '@/lib/db/schema';
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
import { decideApproval, performOperatorAction } from './actions';
import { boundApprovals, openApprovals } from './approvals';
import { listNotes } from './notes';
import { OPERATOR_ACTIONS, type OperatorAction, REASONS_FOR, type Reason, toReason } from './reasons';

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
  Object.assign(config().operators, { fourEyes: false });
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
  const { blockedAt = null, deletedAt = null } = user ?? {};
  return { blocked: blockedAt, deleted: deletedAt, ends: authorisation?.epoch ?? 0, live };
}

/** The actions that always have something to do: the others need a conflict or a rejection (conflict.test.ts). */
const HERE = ['cancel-authorisation', 'sign-out', 'block', 'unblock', 'delete'] as const;

const reasonOf = (action: OperatorAction): Reason => ({ code: REASONS_FOR[action][0], text: 'the caller said so' });

const act = (session: LiveSession, action: OperatorAction, userId: string, reason: Reason | null = reasonOf(action)) =>
  performOperatorAction(portal.services, session, action, userId, reason);

const block = () => portal.services.db.update(users).set({ blockedAt: new Date() }).where(eq(users.id, customer));

describe('every action', () => {
  test.each(HERE)('%s succeeds after a recent sign-in, with a reason', async (action) => {
    if (action === 'unblock') await block();
    const before = await stateOf(customer);
    expect(await act(await aged(14), action, customer)).toBeNull();
    expect(await stateOf(customer)).not.toEqual(before);
  });

  test.each(OPERATOR_ACTIONS)(
    '%s requires another sign-in after fifteen minutes, and changes nothing [T13]',
    async (action) => {
      const before = await stateOf(customer);
      const events = await portal.services.db.$count(auditEvents);
      for (const minutes of [15, 16, 600])
        expect(await act(await aged(minutes), action, customer)).toBe('sign-in-again');
      expect(await stateOf(customer)).toEqual(before);
      expect(await portal.services.db.$count(auditEvents)).toBe(events);
    },
  );

  test.each(OPERATOR_ACTIONS)('%s without a reason changes nothing [T13]', async (action) => {
    if (action === 'unblock') await block();
    const before = await stateOf(customer);
    expect(await act(operator.session, action, customer, null)).toBe('no-reason');
    expect(await stateOf(customer)).toEqual(before);
    expect(await portal.services.db.$count(caseNotes)).toBe(0);
  });

  test.each(OPERATOR_ACTIONS)('%s is rejected for a customer, even after a recent sign-in', async (action) => {
    const { session } = await signIn(portal.services, customer);
    const before = await stateOf(customer);
    await expect(act(session, action, customer)).rejects.toThrow('Not an operator');
    expect(await stateOf(customer)).toEqual(before);
  });

  test.each(OPERATOR_ACTIONS)('%s returns `gone` for an unknown or deleted user', async (action) => {
    expect(await act(operator.session, action, '00000000-0000-4000-8000-000000000000')).toBe('gone');
    await portal.services.db.update(users).set({ deletedAt: new Date() }).where(eq(users.id, customer));
    expect(await act(operator.session, action, customer)).toBe('gone');
  });
});

/** What each role may do. Written out here, because the code's own table is what this checks. */
const ALLOWED: Record<OperatorAction, string[]> = {
  'cancel-authorisation': ['agent', 'supervisor'],
  'sign-out': ['agent', 'supervisor'],
  'ask-again': ['agent', 'supervisor'],
  'link-conflict': ['supervisor'],
  'dismiss-conflict': ['supervisor'],
  export: ['supervisor'],
  block: ['supervisor'],
  unblock: ['supervisor'],
  delete: ['supervisor'],
};

describe('each role performs only its own actions; the audit log records the rest [T13]', () => {
  const cases = OPERATOR_ROLES.flatMap((role) => OPERATOR_ACTIONS.map((action) => [role, action] as const));

  test.each(cases)('%s: %s', async (role, action) => {
    if (action === 'unblock') await block();
    const before = await stateOf(customer);
    const session = { ...operator.session, role };
    const isAllowed = ALLOWED[action].includes(role);
    expect((await act(session, action, customer)) === 'not-permitted').toBe(!isAllowed);
    if (isAllowed) return;
    expect(await stateOf(customer)).toEqual(before);
    const { db } = portal.services;
    const refused = and(eq(auditEvents.event, 'authz_fail'), eq(auditEvents.subject, customer));
    const [line] = await db.select().from(auditEvents).where(refused);
    expect(line).toMatchObject({ actor: `operator:${operator.id}`, facts: { resource: action } });
  });
});

describe('the reason of an action', () => {
  test('stands in the audit log as a code, and its text in an encrypted note [T13]', async () => {
    const reason = { code: 'suspected-misuse', text: 'Called from another number' } as const;
    await act(operator.session, 'block', customer, reason);
    const [note] = await portal.services.db.select().from(caseNotes);
    expect(note?.textSealed).not.toContain('Called');
    expect(await listNotes(portal.services, customer)).toMatchObject([
      { authorId: operator.id, action: 'block', reason: 'suspected-misuse', text: 'Called from another number' },
    ]);
    const events = await portal.services.db.select().from(auditEvents).where(eq(auditEvents.subject, customer));
    expect(events).toContainEqual(
      expect.objectContaining({ facts: { action: 'block', reason: 'suspected-misuse' }, event: 'authz_change' }),
    );
    expect(JSON.stringify(events)).not.toContain('Called');
  });

  test('cannot be given another author or customer in the database', async () => {
    await act(operator.session, 'block', customer);
    await portal.services.db.update(caseNotes).set({ authorId: customer });
    expect(await listNotes(portal.services, customer)).toEqual([]);
  });

  test.each([
    ['block', 'suspected-misuse', '', true],
    ['block', 'other', 'because', true],
    ['block', 'other', '  ', false],
    ['block', 'checked', 'a reason of another action', false],
    ['block', '', 'text alone', false],
    ['block', null, null, false],
    ['block', 'suspected-misuse', 'x'.repeat(2001), false],
    ['unblock', 'checked', '', true],
  ] as const)('of %s: %s with %j is accepted: %s', (action, code, text, accepted) => {
    expect(typeof toReason(action, code, text) === 'object').toBe(accepted);
  });
});

describe('with OPERATOR_FOUR_EYES, a second person confirms [T13]', () => {
  let second: LiveSession;

  beforeEach(async () => {
    Object.assign(config().operators, { fourEyes: true });
    second = (await signedIn(await addOperator(1))).session;
    await block();
  });

  const requested = async () => {
    expect(await act(operator.session, 'unblock', customer)).toBe('requested');
    const [approval] = await openApprovals(portal.services, customer);
    if (!approval) throw new Error('no request');
    return approval.id;
  };
  const decide = (session: LiveSession, id: string, confirm = true) =>
    decideApproval(portal.services, session, id, confirm);
  const isBlocked = async () => (await stateOf(customer)).blocked !== null;

  test.each(['unblock', 'delete'] as const)('%s changes nothing before that', async (action) => {
    const before = await stateOf(customer);
    expect(await act(operator.session, action, customer)).toBe('requested');
    expect(await stateOf(customer)).toEqual(before);
    const [approval] = await openApprovals(portal.services, customer);
    expect(await decide(second, approval?.id ?? '')).toBeNull();
    expect(await stateOf(customer)).not.toEqual(before);
  });

  test('ending sessions and blocking need one person alone', async () => {
    for (const action of ['cancel-authorisation', 'sign-out', 'block'] as const)
      expect(await act(operator.session, action, customer)).toBeNull();
  });

  test('never the one who asked, from no session of theirs', async () => {
    const id = await requested();
    expect(await decide(operator.session, id)).toBe('own-request');
    expect(await decide((await signedIn(operator.id)).session, id)).toBe('own-request');
    expect(await isBlocked()).toBe(true);
    const refused = and(eq(auditEvents.event, 'authz_fail'), eq(auditEvents.actor, `operator:${operator.id}`));
    expect(await portal.services.db.$count(auditEvents, refused)).toBe(1);
    expect(await decide(second, id)).toBeNull();
    expect(await isBlocked()).toBe(false);
  });

  test('once: a request counts for one decision', async () => {
    const id = await requested();
    expect(await act(second, 'unblock', customer)).toBe('already-requested');
    const decided = await Promise.all([decide(second, id), decide(second, id)]);
    expect(decided.sort()).toEqual(['no-request', null]);
    await block();
    expect(await decide(second, id)).toBe('no-request');
    expect(await isBlocked()).toBe(true);
  });

  test('only with the permission, and after a recent sign-in', async () => {
    const id = await requested();
    for (const role of ['agent', 'auditor'] as const)
      expect(await decide({ ...second, role }, id)).toBe('not-permitted');
    expect(await decide({ ...second, fresh: false }, id)).toBe('sign-in-again');
    await expect(decide({ ...second, role: 'customer' }, id)).rejects.toThrow('Not an operator');
    expect(await isBlocked()).toBe(true);
  });

  test('or refuses, and the one who asked withdraws', async () => {
    expect(await decide(second, await requested(), false)).toBeNull();
    expect(await decide(operator.session, await requested(), false)).toBeNull();
    expect(await isBlocked()).toBe(true);
    const rows = await portal.services.db.select().from(approvals).orderBy(approvals.createdAt);
    expect(rows.map(({ decision }) => decision)).toEqual(['refused', 'withdrawn']);
  });

  test('within a day: then it can be requested again', async () => {
    const id = await requested();
    const { db, keyring } = portal.services;
    // As the portal would have written it a day ago: a changed time alone makes the row void.
    const [stored] = await db.select().from(approvals);
    const aged = { ...stored, expiresAt: new Date(Date.now() - 60_000) } as typeof approvals.$inferSelect;
    await db.update(approvals).set({ expiresAt: aged.expiresAt, mac: boundApprovals.mac(keyring, aged) });
    expect(await openApprovals(portal.services, customer)).toEqual([]);
    expect(await decide(second, id)).toBe('no-request');
    expect(await isBlocked()).toBe(true);
    await requested();
    expect((await db.select().from(approvals)).map(({ decision }) => decision).sort()).toEqual(['expired', null]);
  });

  test('not when the row says another than the portal wrote', async () => {
    const id = await requested();
    await portal.services.db.update(approvals).set({ requestedBy: customer });
    expect(await decide(operator.session, id)).toBe('no-request');
    expect(await isBlocked()).toBe(true);
  });
});

describe.each(['block', 'delete'] as const)('no operator can be the target of %s', (action) => {
  test('themselves', async () => {
    expect(await act(operator.session, action, operator.id)).toBe('self');
    expect(await act(operator.session, action, operator.id.toUpperCase())).toBe('self');
    expect(await stateOf(operator.id)).toMatchObject({ blocked: null, deleted: null });
    expect(await findSession(portal.services, operator.cookie)).not.toBeNull();
  });

  test('another operator; the audit log records the attempt [T13]', async () => {
    const second = await addOperator(1);
    expect(await act(operator.session, action, second)).toBe('operator');
    const other = await signedIn(second);
    expect(await act(operator.session, action, second)).toBe('operator');
    expect(await act(other.session, action, operator.id)).toBe('operator');
    expect(await stateOf(second)).toMatchObject({ blocked: null, deleted: null });
    const tried = await portal.services.db.select().from(auditEvents).where(eq(auditEvents.subject, second));
    expect(tried).toContainEqual(
      expect.objectContaining({ event: 'authz_fail', actor: `operator:${operator.id}`, facts: { resource: action } }),
    );
  });

  test('an operator by a group of the provider, whom no list names [T13]', async () => {
    const { id } = await addUser(portal.services);
    const { byGroup } = config().operators;
    byGroup.set('desk', 'agent');
    try {
      await signIn(portal.services, id, { provider: 'oidc', authTime: null, groups: ['desk'] });
      expect(await act(operator.session, action, id)).toBe('operator');
    } finally {
      byGroup.delete('desk');
    }
  });
});

test('an operator can be signed out, and unblocked', async () => {
  const second = await addOperator(1);
  await signedIn(second);
  expect(await act(operator.session, 'sign-out', second)).toBeNull();
  expect((await stateOf(second)).live).toBe(0);
  await portal.services.db.update(users).set({ blockedAt: new Date() }).where(eq(users.id, second));
  expect(await act(operator.session, 'unblock', second)).toBeNull();
  expect((await stateOf(second)).blocked).toBeNull();
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
