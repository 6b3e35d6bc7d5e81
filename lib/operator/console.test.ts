// What a customer's page shows: notes, contact data, messages, the timeline.
// ASVS 5.0: 8.2.1 8.2.3 16.3.2
import { and, eq } from 'drizzle-orm';
import { beforeEach, describe, expect, test } from 'vitest';
import { appendAuditNow } from '@/lib/audit/append';
import { auditEvents, users } from '@/lib/db/schema';
import { findSession, type LiveSession } from '@/lib/sessions/find';
import { setFlash, takeFlash } from '@/lib/sessions/flash';
import { addUser, signIn, type TestUser, useLonePortal } from '@/tests/portal';
import { CONTACT_FIELDS, masked, namesOf, readContact, recordReveal } from './contact';
import { readCustomerFile } from './customers';
import { addNote, listNotes } from './notes';
import { readStory } from './story';
import { whatOf } from './story-words';

const portal = useLonePortal();
let customer: TestUser;
let operator: TestUser;
const as = (role: LiveSession['role']) => ({ userId: operator.id, role });

beforeEach(async () => {
  await portal.empty();
  customer = await addUser(portal.services);
  operator = await addUser(portal.services);
});

describe('contact data [T13]', () => {
  test.each(CONTACT_FIELDS)('%s is revealed to agents and supervisors, and recorded before', async (field) => {
    const { services } = portal;
    const recorded = and(eq(auditEvents.event, 'sensitive_read'), eq(auditEvents.subject, customer.id));
    for (const role of ['auditor', 'customer'] as const)
      expect(await recordReveal(services, as(role), customer.id, field)).toBe(false);
    expect(await services.db.$count(auditEvents, recorded)).toBe(0);
    for (const role of ['agent', 'supervisor'] as const)
      expect(await recordReveal(services, as(role), customer.id, field)).toBe(true);
    const lines = await services.db.select().from(auditEvents).where(recorded);
    expect(lines).toHaveLength(2);
    expect(lines[0]).toMatchObject({ actor: `operator:${operator.id}`, facts: { object: 'contact', filter: field } });
  });

  test('is masked, so that a caller’s answer can be compared with it', () => {
    expect(masked('email', 'olena.kovalenko@example.com')).toBe('o•••@example.com');
    expect(masked('phoneNumber', '+380671234567')).toBe('••• 4567');
  });

  test('has no name while the person has given none', async () => {
    const file = await readCustomerFile(portal.services, customer.id);
    if (!file) throw new Error('no file');
    expect(await readContact(portal.services, file)).toEqual({ name: null, email: customer.email, phoneNumber: null });
    expect(await namesOf(portal.services, [operator.id])).toEqual(new Map([[operator.id, operator.email]]));
  });
});

describe('notes', () => {
  test('are written by agents and supervisors about customers who are there', async () => {
    const { services } = portal;
    expect(await addNote(services, as('agent'), customer.id, 'first')).toBe(true);
    expect(await addNote(services, as('supervisor'), customer.id, 'second')).toBe(true);
    expect(await addNote(services, as('auditor'), customer.id, 'never')).toBe(false);
    expect(await addNote(services, as('agent'), '00000000-0000-4000-8000-000000000000', 'never')).toBe(false);
    await services.db.update(users).set({ deletedAt: new Date() }).where(eq(users.id, customer.id));
    expect(await addNote(services, as('agent'), customer.id, 'too late')).toBe(false);
    const notes = await listNotes(services, customer.id);
    expect(notes.map(({ text }) => text).sort()).toEqual(['first', 'second']);
  });
});

describe('a message of the console', () => {
  test('is shown once, about its customer, to the operator whose action it was [T13]', async () => {
    const { services } = portal;
    const { session, cookie } = await signIn(services, operator.id);
    const other = await signIn(services, operator.id);
    await setFlash(services, session, customer.id, 'block');
    const now = async (value: string) => {
      const found = await findSession(services, value);
      if (!found) throw new Error('signed out');
      return found;
    };
    expect(await takeFlash(services, await now(other.cookie), customer.id)).toBeNull();
    expect(await takeFlash(services, await now(cookie), operator.id)).toBeNull();
    const read = await now(cookie);
    const shown = await Promise.all([takeFlash(services, read, customer.id), takeFlash(services, read, customer.id)]);
    expect(shown.filter((message) => message !== null)).toEqual(['block']);
    expect(await takeFlash(services, await now(cookie), customer.id)).toBeNull();
  });
});

describe('the timeline', () => {
  test('counts the views of colleagues instead of listing them', async () => {
    const { services } = portal;
    for (const id of [operator.id, operator.id, customer.id])
      await appendAuditNow(services, {
        ...{ event: 'sensitive_read', actor: `operator:${id}`, subject: customer.id, facts: { object: 'customer' } },
      });
    await signIn(services, customer.id);
    const story = await readStory(services, customer.id);
    expect(story.views).toEqual({ times: 3, colleagues: 2 });
    expect(story.lines.map(({ event }) => event)).toEqual(['session_created']);
    expect((await readStory(services, customer.id, { kind: 'purchases' })).lines).toEqual([]);
  });

  test.each([
    ['user_updated', { blocked: false }, 'unblocked'],
    ['user_updated', { blocked: true }, 'blocked'],
    ['user_updated', { customer: 'conflict' }, 'conflict'],
    ['user_updated', { address: 'conflict' }, 'taken'],
    ['user_updated', { identity: 'oidc' }, 'identity'],
    ['session_expired', { reason: 'ended-at-provider' }, 'ended_at_provider'],
    ['authz_change', { action: 'sign-out' }, 'sign_out'],
    ['sensitive_read', { object: 'own-data' }, 'own_data'],
    ['user_updated', { wallet: 'blocked' }, 'wallet_blocked'],
    ['user_updated', { review: 'accepted-first', version: 2 }, 'review_accepted_first'],
    ['user_updated', { consent: 'withdrawn', version: 2 }, 'consent_withdrawn'],
    ['sensitive_update', { object: 'details', version: 2, consent: '2026-11-26' }, 'source'],
    ['user_created', {}, 'other'],
  ] as const)('tells %s with %j as %s', (event, facts, what) => {
    expect(whatOf({ event, facts, actor: 'system' })).toBe(what);
  });
});
