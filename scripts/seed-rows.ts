// What the portal stores about an invented person, in every table of theirs, encrypted and bound as it does.
import { createHash } from 'node:crypto';
import type { AuditEvent } from '../lib/audit/events';
import type { Keyring } from '../lib/crypto/keyring';
import { associatedData } from '../lib/customers/associated-data';
import { DETAIL_FIELDS, type DetailField } from '../lib/customers/detail-fields';
import { CONSENT_VERSION } from '../lib/customers/details-schema';
import { boundHistory, associatedData as historyData } from '../lib/customers/history';
import { boundCustomers } from '../lib/customers/row';
import type {
  accounts,
  approvals,
  authorisations,
  caseNotes,
  customers,
  details,
  detailsHistory,
  sessions,
  users,
} from '../lib/db/schema';
import { boundApprovals } from '../lib/operator/approvals';
import { boundNotes, associatedData as noteData } from '../lib/operator/notes';
import { boundSessions } from '../lib/sessions/bound-rows';
import { hashSessionToken } from '../lib/sessions/token-hash';
import { emailColumns } from '../lib/users/email-columns';
import { identityColumns } from '../lib/users/identities';
import { hasLongHistory, type SeededPerson, seededPerson } from './seeded-people';

const SECOND = 1_000;
const HOUR = 3_600 * SECOND;
/** Nothing is due: the reconciler leaves these people alone. */
const NEVER = 365 * 24 * HOUR;
/** The invented colleague who wrote the notes. */
const COLLEAGUE = '00000000-0000-4000-8000-00000000c0de';

export type SeededEvent = AuditEvent & { at: Date; subject: string };

/** The rows of one person. All of a table have the same columns. */
export interface PersonRows {
  users: (typeof users.$inferInsert)[];
  accounts: (typeof accounts.$inferInsert)[];
  sessions: (typeof sessions.$inferInsert)[];
  details: (typeof details.$inferInsert)[];
  detailsHistory: (typeof detailsHistory.$inferInsert)[];
  customers: (typeof customers.$inferInsert)[];
  authorisations: (typeof authorisations.$inferInsert)[];
  caseNotes: (typeof caseNotes.$inferInsert)[];
  approvals: (typeof approvals.$inferInsert)[];
}

/** A person at a time of the database, in milliseconds. */
interface Used {
  keyring: Keyring;
  person: SeededPerson;
  now: number;
  n: number;
}

/** Returns person number `n` with their rows and what the audit log says about them, the oldest event first. */
export function rowsOf(keyring: Keyring, now: number, n: number) {
  const person = seededPerson(n);
  const used: Used = { keyring, person, now, n };
  const isKnown = person.state !== 'details-missing';
  const rows: PersonRows = {
    users: [userOf(used)],
    accounts: n % 10 === 7 ? [] : [identityColumns(keyring, person.id, subjectOf(n))],
    sessions: n % 50 === 15 ? [sessionOf(used)] : [],
    details: isKnown ? [detailsOf(used)] : [],
    detailsHistory: isKnown ? historyOf(used) : [],
    customers: isKnown ? [customerOf(used)] : [],
    authorisations: isLinked(person) ? [authorisationOf(used)] : [],
    caseNotes: n % 100 === 15 ? [1, 2, 3].map((note) => noteOf(used, note)) : [],
    approvals: n % 5_000 === 15 ? [approvalOf(used)] : [],
  };
  return { person, isKnown, rows, events: eventsOf(used, isKnown) };
}

function isLinked({ state }: SeededPerson): boolean {
  return !['conflict', 'rejected', 'creating', 'in-review', 'details-missing'].includes(state);
}

function subjectOf(n: number) {
  return { provider: 'oidc', providerAccountId: `seeded-${n}` };
}

/** People came one a minute; person 1 is the newest. */
function createdAt({ now, n }: Used): number {
  return now - n * 60 * SECOND;
}

function userOf(used: Used): PersonRows['users'][number] {
  const { id, email, state } = used.person;
  const blockedAt = state === 'blocked' ? new Date(used.now - used.n * SECOND) : null;
  const created = new Date(createdAt(used));
  return {
    ...{ id, ...emailColumns(used.keyring, id, email), emailVerifiedAt: created },
    ...{ searchable: true, blockedAt, createdAt: created },
  };
}

function sessionOf({ keyring, person, now, n }: Used): PersonRows['sessions'][number] {
  const bound = {
    id: person.externalId,
    tokenHash: hashSessionToken(`nobody's session ${n}`),
    ...{ userId: person.id, role: 'customer' as const, roleGroup: null, provider: 'oidc', providerSession: null },
    ...{ authenticatedAt: new Date(now - HOUR), expiresAt: new Date(now + 11 * HOUR) },
  };
  return { ...bound, lastSeenAt: new Date(now), mac: boundSessions.mac(keyring, bound) };
}

function detailsOf(used: Used): PersonRows['details'][number] {
  const { keyring, person } = used;
  const sealed = Object.fromEntries(
    DETAIL_FIELDS.map((field) => [field, keyring.seal(person.details[field], associatedData(person.id, field))]),
  ) as Record<DetailField, string>;
  const consentedAt = new Date(createdAt(used));
  return { userId: person.id, ...sealed, consentVersion: CONSENT_VERSION, consentedAt, version: 1 };
}

function historyOf(used: Used): PersonRows['detailsHistory'] {
  const { keyring, person } = used;
  const at = new Date(createdAt(used));
  const version = { userId: person.id, version: 1, consentVersion: CONSENT_VERSION, consentedAt: at };
  const reviewers = person.state === 'in-review' ? 1 : 0;
  const stored = { ...version, event: 'stored' as const, actor: `user:${person.id}`, at, reviewers };
  const content = JSON.stringify({ email: person.email, details: person.details, sources: {} });
  const rows = [
    { ...stored, sealed: keyring.seal(content, historyData(stored)), mac: boundHistory.mac(keyring, stored) },
  ];
  if (!isLinked(person)) return rows;
  const sent = { ...version, event: 'handed-over' as const, actor: 'system', at, reviewers };
  return [...rows, { ...sent, sealed: null, mac: boundHistory.mac(keyring, sent) }];
}

function customerOf({ keyring, person, now, n }: Used): PersonRows['customers'][number] {
  const { id: userId, externalId, customerId, walletId, state } = person;
  const linked = isLinked(person);
  const bound = { userId, externalId, ...(linked ? { customerId, walletId } : { customerId: null, walletId: null }) };
  const inReview = state === 'in-review';
  const since = new Date(now - (state === 'slow' ? 72 : 3) * HOUR - (n % 3_600) * SECOND);
  return {
    ...bound,
    state: linked ? 'linked' : state === 'conflict' || state === 'rejected' ? state : 'creating',
    verificationStatus: linked ? (state === 'slow' || state === 'verifying' ? 'PENDING' : 'ACCEPTED') : null,
    walletStatus: linked ? walletStatusOf(person) : null,
    walletBlock: state === 'blocked' ? 'set' : null,
    ...{ review: inReview ? 'waiting' : null, reviewSince: inReview ? since : null },
    ...{ detailsVersion: 1, acceptedVersion: inReview ? 0 : 1, sentVersion: linked ? 1 : 0 },
    ...{ stateSince: since, nextAttemptAt: new Date(now + NEVER), mac: boundCustomers.mac(keyring, bound) },
  };
}

function walletStatusOf({ state }: SeededPerson): string {
  if (state === 'blocked') return 'Blocked';
  return state === 'on-hold' ? 'Suspicious' : 'Active';
}

function authorisationOf({ person, now, n }: Used): PersonRows['authorisations'][number] {
  const epoch = person.state === 'unrevoked' ? 1 : 0;
  const epochStartedAt = new Date(now - 3 * HOUR - (n % 3_600) * SECOND);
  return { userId: person.id, epoch, revokedEpoch: 0, epochStartedAt, nextAttemptAt: new Date(now + NEVER) };
}

function noteOf({ keyring, person, now }: Used, note: number): PersonRows['caseNotes'][number] {
  const bound = {
    id: uuidOf(`note ${note} ${person.id}`),
    ...{ userId: person.id, authorId: COLLEAGUE, action: null, reason: null },
    createdAt: new Date(now - note * HOUR),
  };
  const textSealed = keyring.seal(`The customer called for the ${note}. time.`, noteData(bound));
  return { ...bound, textSealed, mac: boundNotes.mac(keyring, bound) };
}

function approvalOf({ keyring, person, now }: Used): PersonRows['approvals'][number] {
  const bound = {
    id: uuidOf(`approval ${person.id}`),
    ...{ userId: person.id, action: 'delete', requestedBy: COLLEAGUE, reason: 'customer-asked', target: null },
    ...{ createdAt: new Date(now - HOUR), expiresAt: new Date(now + 23 * HOUR) },
  };
  return { ...bound, mac: boundApprovals.mac(keyring, bound) };
}

function uuidOf(text: string): string {
  const hex = createHash('sha256').update(text).digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

function eventsOf(used: Used, isKnown: boolean): SeededEvent[] {
  const { person, n } = used;
  const about = { actor: `user:${person.id}` as const, subject: person.id, at: new Date(createdAt(used)) };
  const saved = { object: 'details', version: 1, consent: CONSENT_VERSION };
  return [
    { event: 'user_created', ...about },
    ...(isKnown ? [{ event: 'sensitive_update' as const, ...about, facts: saved }] : []),
    ...(person.state === 'blocked'
      ? [{ event: 'authn_login_lock' as const, ...about, actor: COLLEAGUE_ACTS, facts: { reason: 'operator' } }]
      : []),
    ...(hasLongHistory(n) ? Array.from({ length: 50 }, () => monthOf(about)).flat() : []),
  ];
}

const COLLEAGUE_ACTS = `operator:${COLLEAGUE}` as const;

/** Returns a sign-in, a purchase and two looks of a colleague. */
function monthOf(about: Pick<SeededEvent, 'actor' | 'subject' | 'at'>): SeededEvent[] {
  const looks: SeededEvent = {
    ...about,
    actor: COLLEAGUE_ACTS,
    event: 'sensitive_read',
    facts: { object: 'customer' },
  };
  return [
    { event: 'session_created', ...about, facts: { role: 'customer' } },
    { event: 'authn_token_created', ...about, facts: { epoch: 0 } },
    looks,
    looks,
  ];
}
