import type { Keyring } from '../lib/crypto/keyring';
import { associatedData } from '../lib/customers/associated-data';
import { DETAIL_FIELDS } from '../lib/customers/detail-fields';
import { CONSENT_VERSION } from '../lib/customers/details-schema';
import { boundCustomers } from '../lib/customers/row';
import { termsOf } from '../lib/search/terms';
import { tokensOf } from '../lib/search/tokens';
import { emailColumns } from '../lib/users/email-columns';
import { type SeededPerson, seededPerson } from './seeded-people';

const CHUNK = 2_000;

/** Sends a statement on a connection of its own, without the time limits of the portal's. */
export type Execute = (statement: string, values?: unknown[]) => Promise<unknown>;

/**
 * Adds the people from number `first` to number `last`, as if each had signed in and confirmed their details, some of
 * them waiting for Kuna or for support. One transaction: all or nobody. Nothing is due for the reconciler.
 * @param report is told the number of people that are stored so far.
 */
export async function seedPeople(
  execute: Execute,
  keyring: Keyring,
  first: number,
  last: number,
  report: (stored: number) => void = () => {},
): Promise<void> {
  const tokens = cachedTokens(keyring);
  for (const statement of BEFORE) await execute(statement);
  for (let from = first; from <= last; from += CHUNK) {
    const numbers = Array.from({ length: Math.min(CHUNK, last - from + 1) }, (_, index) => from + index);
    await store(
      execute,
      numbers.map((n) => toRow(keyring, tokens, n)),
    );
    report(from + numbers.length - first);
  }
  for (const statement of AFTER) await execute(statement);
}

/** Indexes of many rows are built faster than they are kept (PostgreSQL manual, 14.4). */
const BEFORE = [
  'begin',
  'alter table search_tokens drop constraint search_tokens_token_user_id_pk',
  'alter table search_tokens drop constraint search_tokens_user_id_users_id_fk',
  'drop index search_tokens_user',
];
const AFTER = [
  'alter table search_tokens add constraint search_tokens_token_user_id_pk primary key (token, user_id)',
  'create index search_tokens_user on search_tokens (user_id)',
  'alter table search_tokens add constraint search_tokens_user_id_users_id_fk foreign key (user_id) references users (id) on delete cascade',
  'commit',
  'vacuum analyze',
];

interface Row {
  user: object;
  customer: object | null;
  tokens: bigint[];
}

function toRow(keyring: Keyring, tokens: (terms: Set<string>) => bigint[], n: number): Row {
  const person = seededPerson(n);
  const { id, email, details, state } = person;
  const isKnown = state !== 'details-missing';
  const user = {
    id,
    ...emailColumns(keyring, id, email),
    blocked: state === 'blocked',
    age: n,
    ...(isKnown
      ? Object.fromEntries(
          DETAIL_FIELDS.map((field) => [field, keyring.seal(details[field], associatedData(id, field))]),
        )
      : {}),
  };
  return {
    user,
    customer: isKnown ? customerOf(keyring, person) : null,
    tokens: tokens(termsOf({ email, ...(isKnown ? details : {}) })),
  };
}

function customerOf(keyring: Keyring, { id: userId, externalId, customerId, walletId, state }: SeededPerson) {
  const isLinked = !['conflict', 'rejected', 'creating'].includes(state);
  const bound = isLinked
    ? { userId, externalId, customerId, walletId }
    : { userId, externalId, customerId: null, walletId: null };
  return {
    ...bound,
    state: isLinked ? 'linked' : state,
    verification: isLinked ? (state === 'slow' || state === 'verifying' ? 'PENDING' : 'ACCEPTED') : null,
    wallet: isLinked ? (state === 'on-hold' ? 'Suspicious' : 'Active') : null,
    hours: state === 'slow' ? 72 : 3,
    unrevoked: state === 'unrevoked' ? 1 : 0,
    mac: boundCustomers.mac(keyring, bound),
  };
}

/** Names are shared by many: their tokens are computed once. */
function cachedTokens(keyring: Keyring): (terms: Set<string>) => bigint[] {
  const known = new Map<string, bigint>();
  return (terms) =>
    Array.from(terms, (term) => {
      const token = known.get(term) ?? tokensOf(keyring, [term])[0] ?? 0n;
      if (!/\d/.test(term)) known.set(term, token);
      return token;
    });
}

async function store(execute: Execute, rows: Row[]): Promise<void> {
  const usersJson = JSON.stringify(rows.map(({ user }) => user));
  await execute(
    `insert into users (id, email, email_index, email_verified_at, searchable, blocked_at, created_at)
    select id, email, "emailIndex", now(), true, case when blocked then now() - age * interval '1 second' end,
      now() - age * interval '1 minute'
    from jsonb_to_recordset($1::jsonb) as r(id uuid, email text, "emailIndex" text, blocked boolean, age int)`,
    [usersJson],
  );
  const customersJson = JSON.stringify(rows.flatMap(({ customer }) => customer ?? []));
  await execute(
    `insert into customers (user_id, external_id, state, customer_id, wallet_id, verification_status,
      wallet_status, details_version, accepted_version, sent_version, mac, state_since, next_attempt_at)
    select "userId", "externalId", state, "customerId", "walletId", verification, wallet, 1, 1, 1, mac,
      now() - hours * interval '1 hour', now() + interval '1 year'
    from jsonb_to_recordset($1::jsonb) as r("userId" uuid, "externalId" uuid, state text,
      "customerId" text, "walletId" text, verification text, wallet text, mac text, hours int)`,
    [customersJson],
  );
  await execute(
    `insert into authorisations (user_id, epoch, revoked_epoch, epoch_started_at, next_attempt_at)
    select "userId", unrevoked, 0, now() - hours * interval '1 hour', now() + interval '1 year'
    from jsonb_to_recordset($1::jsonb) as r("userId" uuid, unrevoked int, hours int, state text)
    where state = 'linked'`,
    [customersJson],
  );
  await execute(
    `insert into details (user_id, first_name, last_name, phone_number, country, document_number,
      tax_number, residence_address, consent_version, consented_at, version)
    select id, "firstName", "lastName", "phoneNumber", country, "documentNumber", "taxNumber", "residenceAddress",
      $1, now(), 1
    from jsonb_to_recordset($2::jsonb) as r(id uuid, "firstName" text, "lastName" text, "phoneNumber" text,
      country text, "documentNumber" text, "taxNumber" text, "residenceAddress" text)
    where "firstName" is not null`,
    [CONSENT_VERSION, usersJson],
  );
  const pairs = rows.flatMap(({ user, tokens }) =>
    tokens.map((token) => [token, (user as { id: string }).id] as const),
  );
  const column = (index: 0 | 1) => `{${pairs.map((pair) => pair[index]).join(',')}}`;
  await execute(`insert into search_tokens (token, user_id) select * from unnest($1::bigint[], $2::uuid[])`, [
    column(0),
    column(1),
  ]);
}
