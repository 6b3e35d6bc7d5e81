// Roles of the support console from the provider's groups (OPERATOR_ROLES_CLAIM, OPERATOR_ROLES).
// ASVS 5.0: 8.2.1 8.3.2
import { describe, expect, test, vi } from 'vitest';
import { sessionCookieName } from '@/lib/auth/cookies';
import { config } from '@/lib/config/config';
import { sessions } from '@/lib/db/schema';
import { findSession } from '@/lib/sessions/find';
import { HandlerBrowser } from '@/tests/next-request';
import type { ProviderResponse } from '@/tests/openid-provider';
import { changeSession } from '@/tests/portal';
import { openCallback, startSignIn, useSignIn } from '@/tests/sign-in';
import { toGroups } from './oidc-claims';

vi.mock('next/headers', () => import('@/tests/next-request'));
vi.mock('next-intl/server', () => import('@/tests/translations'));

const ORIGIN = 'http://localhost:3000';
const GROUPS = { OPERATOR_ROLES_CLAIM: 'groups', OPERATOR_ROLES: 'desk=agent,leads=supervisor,audit=auditor' };
const stage = useSignIn(ORIGIN, GROUPS);

async function signIn(response: ProviderResponse, browser = stage.browser): Promise<void> {
  await openCallback(browser, stage.provider.respond(await startSignIn(browser, ORIGIN), response));
}

const sessionOf = (browser = stage.browser) =>
  findSession(stage.portal.services, browser.cookies.get(sessionCookieName(false)));

describe('the role of a sign-in at the provider [T13]', () => {
  test.each<[string, ProviderResponse, string]>([
    ['no groups', {}, 'customer'],
    ['a group of the ID token', { token: { groups: ['staff', 'desk'] } }, 'agent'],
    ['a group of the userinfo', { userinfo: { groups: ['audit'] } }, 'auditor'],
    ['one group as text', { token: { groups: 'leads' } }, 'supervisor'],
    ['several groups: the first of the setting', { token: { groups: ['audit', 'leads', 'desk'] } }, 'agent'],
    ['the ID token’s, where both have groups', { token: { groups: [] }, userinfo: { groups: ['leads'] } }, 'customer'],
    ['a group of another name', { token: { groups: ['Desk', 'desk ', 'supervisor', 'de'] } }, 'customer'],
    ['groups in one text', { token: { groups: 'staff desk' } }, 'customer'],
    ['groups of another form', { token: { groups: { desk: true } } }, 'customer'],
  ])('of %s', async (_, response, role) => {
    await signIn(response);
    expect((await sessionOf())?.role).toBe(role);
  });

  test('an address of the list keeps its role', async () => {
    const { byEmail } = config().operators as { byEmail: Map<string, string> };
    byEmail.set('olena@example.test', 'auditor');
    try {
      await signIn({ token: { groups: ['leads'] } });
      expect((await sessionOf())?.role).toBe('auditor');
    } finally {
      byEmail.delete('olena@example.test');
    }
  });
});

describe('a role ends [T13]', () => {
  test('in every browser, when the person signs in without the group', async () => {
    await signIn({ token: { groups: ['leads'] } });
    const other = new HandlerBrowser();
    await signIn({ token: { groups: ['leads'] } }, other);
    expect((await sessionOf())?.role).toBe('supervisor');
    const third = new HandlerBrowser();
    await signIn({ token: { groups: ['staff'] } }, third);
    expect((await sessionOf(third))?.role).toBe('customer');
    expect([await sessionOf(), await sessionOf(other)]).toEqual([null, null]);
  });

  test('when the institution gives the group another role, or none', async () => {
    await signIn({ token: { groups: ['leads'] } });
    const { byGroup } = config().operators as { byGroup: Map<string, string> };
    try {
      byGroup.set('leads', 'agent');
      expect(await sessionOf()).toBeNull();
      byGroup.delete('leads');
      expect(await sessionOf()).toBeNull();
      byGroup.set('leads', 'supervisor');
      expect(await sessionOf()).not.toBeNull();
    } finally {
      byGroup.set('leads', 'supervisor');
    }
  });

  test('and cannot be taken by a changed row: neither role nor group', async () => {
    await signIn({ token: { groups: ['desk'] } });
    const { db } = stage.portal.services;
    await db.update(sessions).set({ role: 'supervisor', roleGroup: 'leads' });
    expect(await sessionOf()).toBeNull();
  });

  test('at the upgrade: a session of the role `operator` is signed out', async () => {
    await signIn({ token: { groups: ['leads'] } });
    const session = await sessionOf();
    await changeSession(stage.portal.services, session?.id ?? '', { role: 'operator' as never });
    expect(await sessionOf()).toBeNull();
  });
});

test.each([
  ['groups', { groups: ['a'] }, ['a']],
  ['realm_access.roles', { realm_access: { roles: ['a', 'b'] } }, ['a', 'b']],
  ['https://bank.example/groups', { 'https://bank.example/groups': ['a'] }, ['a']],
  ['realm_access.roles', { realm_access: 'roles' }, []],
  ['realm_access.roles', { realm_access: null }, []],
  ['groups', { groups: ['a', 7] }, []],
  ['constructor.name', {}, []],
  ['groups.length', { groups: ['a'] }, []],
])('finds groups at %s of %j', (name, claims, groups) => {
  expect(toGroups(claims, {}, name)).toEqual(groups);
});
