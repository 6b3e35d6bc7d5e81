import { drizzle } from 'drizzle-orm/pglite';
import { verifyAuditLog } from '@/lib/audit/verify';
import { AHEAD_MS } from '@/lib/authorisations/ahead';
import { config } from '@/lib/config/config';
import { createKeyring } from '@/lib/crypto/keyring';
import { readDetails } from '@/lib/customers/details';
import * as schema from '@/lib/db/schema';
import { providerSessionHash } from '@/lib/sessions/end-at-provider';
import { hashSessionToken } from '@/lib/sessions/token-hash';
import { DetailsHistory, handoversAmiss } from './handovers';
import type { IssuedToken, SimulatedKunaCore } from './kunacore';
import { detailsOf, type Person, USER_AGENTS } from './people';
import type { Happening, World } from './world';

/**
 * Holds what happened against what the portal promises (docs/guarantees.md has the numbers).
 * @param pending what was still to be done 60 s after the last fault.
 * @returns one sentence per broken promise.
 */
export async function violations(
  world: World,
  kunacore: SimulatedKunaCore,
  people: Person[],
  pending: number,
): Promise<string[]> {
  const rows = await readRows(world);
  const broken: string[] = [];
  if (pending > 0) broken.push(`I9: ${pending} intents were not finished within 60 s`);
  for (const error of world.errors) broken.push(`unexpected: ${error instanceof Error ? error.stack : String(error)}`);
  for (const person of people) {
    const row = rows.get(person.id);
    const details = await DetailsHistory.read(storeOf(world), world, person);
    const story = new Story(world.history, kunacore, person, row, details);
    broken.push(
      ...story.oneCustomer(),
      ...story.lookBeforeRetry(),
      ...story.endsRevoke(),
      ...story.noEarlyRevocation(),
    );
    broken.push(...story.noTokenAfterEnd(), ...story.ownToken());
    broken.push(...story.aheadForItsFrame(), ...story.oneAhead(), ...story.unclaimedStays());
    broken.push(...(await detailsSurvive(world, person, story)), ...handoversAmiss(details, kunacore, row));
  }
  broken.push(...(await walletsAmiss(world, kunacore)), ...linksAmiss(world, people, rows));
  broken.push(...(await endsAtProvider(world)), ...(await auditLogVerifies(world)));
  return broken;
}

/** I12: a wallet is blocked at KunaCore while its person is blocked here, and only then, unless Kuna blocks it itself. */
export async function walletsAmiss({ engine }: World, kunacore: SimulatedKunaCore): Promise<string[]> {
  const { rows } = await engine.query<{ customer_id: string; blocked: boolean }>(
    `select c.customer_id, u.blocked_at is not null as blocked from customers c join users u on u.id = c.user_id
     where c.state = 'linked'`,
  );
  return rows.flatMap(({ customer_id: id, blocked }) => {
    const isBlocked = kunacore.walletStatus(id) === 'Blocked';
    if (kunacore.blockedByKuna.has(id) || isBlocked === blocked) return [];
    return [`I12: a person is ${blocked ? '' : 'not '}blocked, and the wallet is ${kunacore.walletStatus(id)}`];
  });
}

/** I2: an operator links a person only to a customer with the same address, which no other person has. */
function linksAmiss({ history }: World, people: Person[], rows: Map<string, Row>): string[] {
  const given = history.filter(({ what, externalId }) => what === 'update' && externalId);
  return given.flatMap(({ externalId, emailBefore, externalIdBefore }) => {
    const isOf = (id: unknown) => people.find((person) => id && rows.get(person.id)?.external_id === id);
    const person = isOf(externalId);
    const owner = isOf(externalIdBefore);
    return [
      ...(person && emailBefore !== person.email ? ['I2: a person was linked to a customer with another address'] : []),
      ...(owner && owner !== person ? ['I2: a person was linked to a customer that another person has'] : []),
    ];
  });
}

/** I11: what the portal confirmed to the identity provider has ended, once, and nobody else's. */
async function endsAtProvider({ engine, history }: World): Promise<string[]> {
  const confirmed = history.filter(({ what }) => what === 'ended-at-provider');
  const sids = confirmed.filter(({ naming }) => naming !== 'stranger').flatMap(({ sids }) => sids as string[]);
  const hashes = sids.map(providerSessionHash);
  const { rows } = await engine.query('select id from sessions where provider_session = any($1)', [hashes]);
  const tokens = confirmed.map(({ token }) => token);
  return [
    ...rows.map(() => 'I11: the provider ended a session, and it is live here'),
    ...(new Set(tokens).size < tokens.length ? ['I11: a logout token counted twice'] : []),
    ...confirmed
      .filter(({ naming, sessions }) => naming === 'stranger' && Number(sessions) > 0)
      .map(() => "I11: another person's logout token ended a session"),
  ];
}

/** I10: every link of the audit log's chain verifies, and every event that was stored is in it. */
async function auditLogVerifies(world: World): Promise<string[]> {
  const verdict = await verifyAuditLog(storeOf(world));
  if (!verdict.ok) {
    const event = 'seq' in verdict ? `event ${verdict.seq}` : `unsealed event ${verdict.id}`;
    return [`I10: audit ${event} is ${verdict.problem}`];
  }
  const { count } = verdict.unsealed;
  return count > 0 ? [`I10: ${count} audit events were never sealed`] : [];
}

function storeOf(world: World) {
  return { db: drizzle(world.engine, { schema }), keyring: createKeyring(config().piiKeys) };
}

/** What the database says of a person in the end. */
interface Row {
  user_id: string;
  state: string | null;
  external_id: string | null;
  customer_id: string | null;
  has_authorisation: boolean;
  live_sessions: number;
  token_hashes: string[];
}

async function readRows({ engine }: World): Promise<Map<string, Row>> {
  const { rows } = await engine.query<Row>(`
    select u.id as user_id, c.state, c.external_id, c.customer_id,
      exists (select 1 from authorisations a where a.user_id = u.id) as has_authorisation,
      (select count(*)::int from sessions s where s.user_id = u.id and u.blocked_at is null and u.deleted_at is null
        and s.expires_at > now() and s.last_seen_at > now() - interval '30 minutes') as live_sessions,
      (select coalesce(array_agg(s.token_hash), '{}') from sessions s where s.user_id = u.id) as token_hashes
    from users u left join customers c on c.user_id = u.id`);
  return new Map(rows.map((row) => [row.user_id, row]));
}

/** One person's part of the history. */
class Story {
  readonly #tokens: IssuedToken[];

  constructor(
    readonly history: Happening[],
    readonly kunacore: SimulatedKunaCore,
    readonly person: Person,
    readonly row: Row | undefined,
    readonly details: DetailsHistory,
  ) {
    this.#tokens = kunacore.tokens.filter(({ customerId }) => customerId === row?.customer_id);
  }

  /** I1, I2 */
  *oneCustomer(): Generator<string> {
    const { state, external_id: externalId, customer_id: customerId } = this.row ?? {};
    const created = this.#all('created').filter((happening) => happening.externalId === externalId);
    if (this.row?.state === 'linked' && !this.row.has_authorisation)
      yield `I3: ${this.person.email} is linked, and has no access epoch`;
    if (externalId && created.length > 1) yield `I1: ${this.person.email} has ${created.length} customers`;
    if (state && state !== 'linked' && created.length > 0 && this.details.newest)
      yield `I2: ${this.person.email} has a customer at KunaCore, and the portal says ${state}`;
    const stranger = this.kunacore.customers.some(
      (one) => one.email === this.person.email && one.externalId !== externalId,
    );
    if (stranger && state === 'rejected')
      yield `I1: ${this.person.email} is a conflict, and was asked to correct the details`;
    if (state !== 'linked') return;
    const customer = this.kunacore.customers.find(({ id }) => id === customerId);
    if (customer?.externalId !== externalId) yield `I2: ${this.person.email} was linked to another person's customer`;
  }

  /** I1: after an unknown outcome, the portal looks before it tries again. */
  *lookBeforeRetry(): Generator<string> {
    const creates = this.#calls('/v2/customer/create', this.row?.external_id);
    for (const [index, create] of creates.entries()) {
      const next = creates[index + 1];
      const response = this.#all('response').find(({ sent }) => sent === create.at);
      if (!next || (response && !response.mayHaveHappened)) continue;
      const looked = this.#all('find').some(
        ({ at, externalId }) => externalId === this.row?.external_id && at > create.at && at < next.at,
      );
      if (!looked) yield `I1: ${this.person.email}: a create was repeated without looking first`;
    }
  }

  /** I3 */
  *endsRevoke(): Generator<string> {
    if (this.#tokens.some(({ revokedAt }) => revokedAt === undefined) && !this.row?.live_sessions)
      yield `I3: a token of ${this.person.email} is valid although all sessions have ended`;
    for (const { at } of this.#mine('session-ended')) {
      const had = this.#tokens.some(({ issuedAt }) => issuedAt < at);
      const ended = this.#all('invalidate').some((call) => call.customerId === this.row?.customer_id && call.at > at);
      if (had && !ended) yield `I3: a session of ${this.person.email} ended and nothing was invalidated after it`;
    }
    for (const { began } of this.#byPerson('access-ended')) {
      if (this.#tokens.some(({ issuedAt, revokedAt }) => issuedAt < Number(began) && revokedAt === undefined))
        yield `I3: ${this.person.email} ended their Kuna session, and an earlier token is valid`;
    }
    const withdrawn = this.#mine('details').findLast(({ event }) => event === 'withdrawn');
    const isGiven =
      !withdrawn || this.#mine('details').some(({ event, at }) => event === 'stored' && at > withdrawn.at);
    if (
      this.#tokens.some(({ issuedAt, revokedAt }) => withdrawn && (!isGiven || issuedAt < withdrawn.at) && !revokedAt)
    )
      yield `I3: ${this.person.email} withdrew the consent, and a token is valid`;
    const signedOut = this.#all('signed-out').map(({ cookie }) => hashSessionToken(String(cookie)));
    if (signedOut.some((hash) => this.row?.token_hashes.includes(hash)))
      yield `I3: ${this.person.email} saw "signed out" and is not`;
  }

  /** I4: a token that was handed over is revoked only by an epoch that started after it was issued. */
  *noEarlyRevocation(): Generator<string> {
    for (const { token, reason } of this.#handedOver()) {
      if (token.revokedAt === undefined) continue;
      const { issuedAt, revokedAt } = token;
      const between = ({ at }: Happening) => at > issuedAt && at < revokedAt;
      const due = this.#mine('epoch-started').some(between) || this.#all('kuna-ended').some(between);
      if (!due) yield `I4: a token of ${this.person.email} ${reason} was revoked by an earlier epoch`;
    }
  }

  /** I4: no token is handed over for a session that had ended, and no token that was already revoked. */
  *noTokenAfterEnd(): Generator<string> {
    for (const { session, token: value, began } of this.#byPerson('handed-over')) {
      const token = this.#tokens.find((candidate) => candidate.value === value);
      const returned = this.#all('token-returned').find((event) => event.token === value);
      const ended = this.#mine('session-ended').find((end) => end.session === session);
      // Both were known when the portal looked: it looks after KunaCore's response, and at the frame's request.
      if (ended && ended.at < Math.max(Number(returned?.at), Number(began)))
        yield `I4: ${this.person.email} got a token after the session had ended`;
      const revoked = this.#mine('epoch-started').some(({ at }) => token && at > token.issuedAt && at < Number(began));
      if (revoked) yield `I4: ${this.person.email} was handed a token that had been revoked`;
    }
  }

  /** I5 */
  *ownToken(): Generator<string> {
    for (const handed of this.#all('handed-over').filter(({ person }) => person === this.person.email)) {
      const token = this.kunacore.tokens.find(({ value }) => value === handed.token);
      if (token?.customerId !== this.row?.customer_id) yield `I5: ${this.person.email} got another person's token`;
    }
  }

  /** I4: a token goes to the session and user agent that it was issued for, and an issued-ahead one in its time. */
  *aheadForItsFrame(): Generator<string> {
    for (const { session, token, userAgent, time } of this.#byPerson('handed-over')) {
      const requested = this.#all('requested').find((event) => event.token === token);
      const returned = this.#all('token-returned').find((event) => event.token === token);
      if (requested?.session !== session) yield `I4: ${this.person.email} got the token of another session`;
      if (returned?.userAgent !== userAgent) yield `I4: ${this.person.email} got the token of another user agent`;
      const visit = this.#all('ahead').find(({ at }) => at === requested?.visit);
      if (visit && Number(time) - Number(visit.time) > AHEAD_MS)
        yield `I4: ${this.person.email} got a token that had waited too long`;
    }
  }

  /** At most one token waits for a session in a process. */
  *oneAhead(): Generator<string> {
    const used = new Set(this.#all('requested').map(({ visit }) => visit));
    const visits = this.#all('ahead').filter(({ at }) => used.has(at));
    for (const [index, { at, instance, session, time }] of visits.entries()) {
      const next = visits.slice(index + 1).find((visit) => visit.instance === instance && visit.session === session);
      if (!next || Number(next.time) - Number(time) >= AHEAD_MS) continue;
      const taken = this.#all('frame').some(
        (frame) =>
          frame.instance === instance &&
          frame.session === session &&
          frame.userAgent === USER_AGENTS[0] &&
          frame.at > at &&
          frame.at < next.at,
      );
      if (!taken) yield `two tokens waited for one session of ${this.person.email}`;
    }
  }

  /** I4: a token that no frame fetched is not revoked for that: only one that was discarded during its issue is. */
  *unclaimedStays(): Generator<string> {
    const mine = new Set(this.#tokens.map(({ value }) => value));
    const kept = new Set(['issued-ahead', 'handed-over'].flatMap((what) => this.#all(what).map(({ token }) => token)));
    const discarded = this.#all('token-returned').filter(
      ({ token }) => mine.has(String(token)) && !kept.has(token),
    ).length;
    const revoked = this.#mine('epoch-started').filter(({ reason }) => reason === 'not-handed-over').length;
    if (revoked > discarded) yield `I4: a token of ${this.person.email} was revoked because no frame fetched it`;
  }

  /** Returns the saves: when each began, and when the portal confirmed it. */
  saves(): { version: number; began: number; acknowledged: number | undefined }[] {
    const acknowledged = this.#byPerson('saved');
    return this.#byPerson('saving').map(({ at, version }) => ({
      version: Number(version),
      began: at,
      acknowledged: acknowledged.find((saved) => saved.save === at)?.at,
    }));
  }

  get deleted(): boolean {
    return this.#byPerson('deleted').length > 0 || this.#byPerson('begins').some(({ action }) => action === 'delete');
  }

  #handedOver(): { token: IssuedToken; reason: string }[] {
    return this.#byPerson('handed-over').flatMap((handed) =>
      this.#tokens
        .filter(({ value }) => value === handed.token)
        .map((token) => ({ token, reason: `shown at ${handed.at}` })),
    );
  }

  #all(what: string): Happening[] {
    return this.history.filter((happening) => happening.what === what);
  }

  #byPerson(what: string): Happening[] {
    return this.#all(what).filter(({ person }) => person === this.person.email);
  }

  /** Returns what the database recorded of this user. */
  #mine(what: string): Happening[] {
    return this.#all(what).filter(({ user }) => user === this.person.id);
  }

  #calls(endpoint: string, about: string | null | undefined): Happening[] {
    return this.#all('call').filter((call) => call.endpoint === endpoint && call.about === about);
  }
}

/** I6: what was acknowledged is there, and is the newest version of the history. */
async function detailsSurvive(world: World, person: Person, story: Story): Promise<string[]> {
  if (story.deleted) return [];
  const stored = await readDetails(storeOf(world), person.id);
  const saves = story.saves();
  const last = saves
    .filter(({ acknowledged }) => acknowledged)
    .sort((a, b) => Number(b.acknowledged) - Number(a.acknowledged))[0];
  const address = stored?.details.residenceAddress;
  // Two saves at once may come in any order; one that was never acknowledged may have come through.
  const possible = saves.filter(({ acknowledged }) => !last || !acknowledged || acknowledged > last.began);
  const broken: string[] = [];
  if (last && !possible.some(({ version }) => detailsOf(version).residenceAddress === address))
    broken.push(`I6: ${person.email} saw that version ${last.version} is saved, and ${address} is stored`);
  const newest = story.details.versions.at(-1)?.row.version;
  if (stored?.version !== newest)
    broken.push(`I6: version ${newest} of ${person.email} is the newest, and ${stored?.version} is stored`);
  return broken;
}
