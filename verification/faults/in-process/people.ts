import { randomUUID } from 'node:crypto';
import { issueAhead } from '@/lib/authorisations/ahead';
import { revokeAccess } from '@/lib/authorisations/epoch';
import { openFrame } from '@/lib/authorisations/frame';
import { config } from '@/lib/config/config';
import { createKeyring } from '@/lib/crypto/keyring';
import { linkConflict, retryRejected } from '@/lib/customers/conflict';
import { DETAIL_FIELDS, type Details, type FieldSources } from '@/lib/customers/detail-fields';
import { saveDetails } from '@/lib/customers/save';
import { blockUser, unblockUser } from '@/lib/operator/block';
import { performReview, readReviewFile } from '@/lib/operator/review';
import { deleteUser } from '@/lib/privacy/delete-user';
import { withdrawConsent } from '@/lib/privacy/withdraw-consent';
import { listDevices } from '@/lib/sessions/devices';
import { endSessions } from '@/lib/sessions/end';
import { endAtProvider, type ProviderEnd } from '@/lib/sessions/end-at-provider';
import { findSession, type LiveSession } from '@/lib/sessions/find';
import { hashSessionToken } from '@/lib/sessions/token-hash';
import { portalAdapter } from '@/lib/sign-in/adapter';
import { emailColumns } from '@/lib/users/email-columns';
import { identityColumns } from '@/lib/users/identities';
import { type Instance, isDatabaseFault } from './instance';
import type { World } from './world';

/** A browser: what it keeps. */
export interface Browser {
  cookie?: string;
  /** Its session at the identity provider. */
  sid?: string;
}

/** A person with two browsers. The address is the subject at the identity provider, too. */
export interface Person {
  id: string;
  email: string;
  browsers: Browser[];
}

/** Two operators, who have just signed in. */
const OPERATORS = [randomUUID(), randomUUID()].map(
  (userId) => ({ userId, role: 'supervisor', fresh: true }) as LiveSession,
);
const OPERATOR = `operator:${OPERATORS[0]?.userId}` as const;

/** What each of the two operators does with details that wait, at the same time. */
export type Decision = 'accept' | 'return' | null;

/** Whom a logout token names: a browser's session, its person alone, or that session as if it were another person's. */
export const NAMINGS = ['session', 'person', 'stranger'] as const;
export type Naming = (typeof NAMINGS)[number];

/** Both browsers of a person have the first one; some frames are requested with the second. */
export const USER_AGENTS = ['Mozilla/5.0 (simulated)', 'Mozilla/5.0 (simulated, another)'] as const;
export type UserAgent = (typeof USER_AGENTS)[number];

/** A user who signed in once. */
export async function addPerson(world: World, number: number): Promise<Person> {
  const [id, email] = [randomUUID(), `person-${number}@example.test`];
  const columns = emailColumns(createKeyring(config().piiKeys), id, email);
  const row = [id, columns.email, columns.emailIndex];
  await world.engine.query('insert into users (id, email, email_index) values ($1, $2, $3)', row);
  const identity = identityColumns(createKeyring(config().piiKeys), id, { provider: 'oidc', providerAccountId: email });
  await world.engine.query(
    'insert into accounts (user_id, provider, provider_account_id, subject_sealed) values ($1, $2, $3, $4)',
    [id, 'oidc', identity.providerAccountId, identity.subjectSealed],
  );
  return { id, email, browsers: [{}, {}] };
}

/** What people do. Everything goes through the portal's own functions; what they see goes into the history. */
export class Actions {
  constructor(
    private readonly world: World,
    private readonly instance: () => Instance,
  ) {}

  signIn(person: Person, browser: Browser): Promise<void> {
    return this.#run('sign-in', person, async (instance) => {
      const cookie = randomUUID();
      // A session at the provider signs in again, until it ends there.
      browser.sid ??= randomUUID();
      const atProvider = { subject: person.email, sid: browser.sid, issuedAt: this.world.seconds };
      const authentication = { provider: 'oidc', authTime: null, atProvider };
      const adapter = portalAdapter(async () => instance.services, undefined, authentication);
      try {
        await adapter.createSession?.({ sessionToken: cookie, userId: person.id, expires: new Date() });
      } catch (error) {
        if (!(error instanceof Error && /may not sign in|has ended this sign-in/.test(error.message))) throw error;
        return;
      }
      browser.cookie = cookie;
      this.world.record('signed-in', { person: person.email, cookie });
    });
  }

  /** @param verified whether a source verified what is saved, so that no review is needed. */
  save(person: Person, version: number, verified = false): Promise<void> {
    return this.#run('save', person, async (instance) => {
      const details = detailsOf(version);
      // Requires a session, like the action.
      if (!(await this.#sessionOf(instance, person.browsers))) return;
      const save = this.world.record('saving', { person: person.email, version });
      try {
        await saveDetails(instance.services, person.id, details, { sources: verified ? sourcesOf(details) : {} });
      } catch (error) {
        if (!(error instanceof Error && error.message === 'The user is gone')) throw error;
        return;
      }
      this.world.record('saved', { person: person.email, save });
    });
  }

  /** "Buy crypto", or a visit of the buy page: starts to issue a token for the frame. */
  buy(person: Person, browser: Browser): Promise<void> {
    return this.#run('buy', person, async (instance) => {
      const session = await findSession(instance.services, browser.cookie);
      if (session?.customer.state !== 'ready') return;
      const visit = this.world.record('ahead', { instance, session: session.id, time: this.world.time });
      issueAhead(servicesFor(instance, { visit, session: session.id }), session, USER_AGENTS[0], instance.ahead);
      const result = await instance.ahead.get(session.id)?.token.catch(() => null);
      if (result?.outcome === 'issued') this.world.record('issued-ahead', { token: result.token.reveal() });
    });
  }

  /** The frame's document: takes the token that was issued ahead, or issues one on the spot. */
  frame(person: Person, browser: Browser, userAgent: UserAgent): Promise<void> {
    return this.#run('frame', person, async (instance, began) => {
      const session = await findSession(instance.services, browser.cookie);
      if (!session) return;
      const { time } = this.world;
      this.world.record('frame', { instance, session: session.id, userAgent, time });
      const services = servicesFor(instance, { session: session.id });
      const frame = await openFrame(services, session, userAgent, instance.ahead);
      if (frame.show !== 'widget') return;
      const token = new URL(frame.url).searchParams.get('refreshToken');
      const handed = { person: person.email, session: session.id, token, began, userAgent, time };
      this.world.record('handed-over', handed);
    });
  }

  signOut(person: Person, browser: Browser): Promise<void> {
    return this.#run('sign-out', person, async (instance) => {
      const { cookie } = browser;
      if (!cookie) return;
      await endSessions(instance.services, { tokenHash: hashSessionToken(cookie) }, 'signed-out');
      if (browser.cookie === cookie) browser.cookie = undefined;
      this.world.record('signed-out', { person: person.email, cookie });
    });
  }

  signOutEverywhere(person: Person): Promise<void> {
    return this.#run('sign-out-everywhere', person, async (instance) => {
      await endSessions(instance.services, { userId: person.id }, 'signed-out');
      this.world.record('signed-out-everywhere', { person: person.email });
    });
  }

  /** On /account/devices: ends another browser of the same person. */
  endDevice(person: Person, browser: Browser): Promise<void> {
    return this.#run('end-device', person, async (instance) => {
      const session = await findSession(instance.services, browser.cookie);
      if (!session) return;
      const other = (await listDevices(instance.services, session.userId, session.id)).find(({ current }) => !current);
      if (!other) return;
      const device = { userId: person.id, sessionId: other.sessionId };
      const ended = await endSessions(instance.services, device, 'signed-out');
      if (ended > 0) this.world.record('device-ended', { person: person.email, session: other.sessionId });
    });
  }

  /** The identity provider ends its sessions, and says so here. The token may come again later (`repeatLogout`). */
  endAtProvider(person: Person, browser: Browser, naming: Naming, stranger: Person): Promise<void> {
    const ended = naming === 'person' ? person.browsers : [browser];
    const sids = ended.flatMap(({ sid }) => sid ?? []);
    const named = naming === 'stranger' ? stranger : person;
    const sid = naming === 'person' ? null : (browser.sid ?? randomUUID());
    const token = { id: randomUUID(), issuedAt: this.world.seconds, sid, subject: named.email };
    if (naming !== 'stranger') for (const one of ended) one.sid = undefined;
    this.world.logoutTokens.push({ token, naming, sids });
    return this.#tell(person, token, naming, sids);
  }

  /** A logout token that was used comes again. */
  repeatLogout(person: Person): Promise<void> {
    const sent = this.world.logoutTokens.at(-1);
    return sent ? this.#tell(person, sent.token, sent.naming, sent.sids) : Promise.resolve();
  }

  #tell(person: Person, token: ProviderEnd, naming: Naming, sids: string[]): Promise<void> {
    return this.#run('provider-ends', person, async (instance) => {
      const result = await endAtProvider(instance.services, token);
      if (result.outcome === 'ended')
        this.world.record('ended-at-provider', { token: token.id, naming, sids, sessions: result.sessions });
    });
  }

  /** "End Kuna session": the sign-in sessions stay. */
  endAccess(person: Person): Promise<void> {
    return this.#run('end-access', person, async (instance, began) => {
      if (!(await this.#sessionOf(instance, person.browsers))) return;
      await revokeAccess(instance.services, person.id, 'ended-by-user');
      this.world.record('access-ended', { person: person.email, began });
    });
  }

  /** Both operators open the details that wait, and decide on what they saw. */
  async review(person: Person, decisions: readonly Decision[]): Promise<void> {
    await Promise.all(decisions.map((decision, which) => decision && this.#decide(person, which, decision)));
  }

  #decide(person: Person, which: number, decision: 'accept' | 'return'): Promise<void> {
    return this.#run('review', person, async ({ services }) => {
      const operator = OPERATORS[which] as LiveSession;
      const file = await readReviewFile(services, operator, person.id);
      if (!file) return;
      const why = decision === 'return' ? ({ reason: 'mistyped', text: 'Compare the address' } as const) : null;
      const seen = { userId: person.id, version: file.version };
      const outcome = await performReview(services, operator, seen, why);
      this.world.record('reviewed', { person: person.email, outcome });
    });
  }

  /** On /account/details: agreeing again is another save. */
  withdraw(person: Person): Promise<void> {
    return this.#run('withdraw', person, async (instance) => {
      if (!(await this.#sessionOf(instance, person.browsers))) return;
      if (await withdrawConsent(instance.services, person.id))
        this.world.record('withdrawal-confirmed', { person: person.email });
    });
  }

  block(person: Person): Promise<void> {
    return this.#run('block', person, async (instance) => {
      await blockUser(instance.services, person.id);
      this.world.record('blocked', { person: person.email });
    });
  }

  unblock(person: Person): Promise<void> {
    return this.#run('unblock', person, async (instance) => void (await unblockUser(instance.services, person.id)));
  }

  /** An operator links a person in conflict to a customer that KunaCore has. */
  link(person: Person, customerId: string): Promise<void> {
    return this.#run('link', person, async ({ services }) => {
      const refused = await linkConflict(services, person.id, customerId, OPERATOR);
      if (!refused) this.world.record('linked-by-operator', { person: person.email, customerId });
    });
  }

  /** An operator asks KunaCore again about a person whom it rejected, or who is in conflict. */
  askAgain(person: Person): Promise<void> {
    return this.#run('ask-again', person, async ({ services }) => {
      await retryRejected(services, person.id, OPERATOR);
    });
  }

  remove(person: Person): Promise<void> {
    return this.#run('delete', person, async (instance) => {
      await deleteUser(instance.services, person.id);
      this.world.record('deleted', { person: person.email });
    });
  }

  async #sessionOf(instance: Instance, browsers: Browser[]) {
    for (const { cookie } of browsers) {
      const session = await findSession(instance.services, cookie);
      if (session) return session;
    }
    return null;
  }

  /** A database that fails is a response of its own (503); anything else that is thrown is a bug. */
  async #run(
    what: string,
    person: Person,
    perform: (instance: Instance, began: number) => Promise<void>,
  ): Promise<void> {
    const began = this.world.record('begins', { action: what, person: person.email });
    try {
      await perform(this.instance(), began);
    } catch (error) {
      if (!isDatabaseFault(error)) this.world.errors.push(error);
      this.world.record('failed', { action: what, began });
    }
  }
}

/** Details that tell which save they came from. */
export function detailsOf(version: number): Details {
  return {
    firstName: 'Olena',
    lastName: 'Shevchenko',
    phoneNumber: '',
    country: 'UA',
    documentNumber: 'FE123456',
    taxNumber: '',
    residenceAddress: `Street ${version}`,
  };
}

function sourcesOf(details: Details): FieldSources {
  const given = DETAIL_FIELDS.filter((field) => details[field] !== '');
  return Object.fromEntries(given.map((field) => [field, { from: 'Simulated Bank', verifiedAt: null }]));
}

/** Returns an instance's services that record for whom each token is requested. */
function servicesFor(
  { services, world }: Instance,
  requester: { session: string; visit?: number },
): Instance['services'] {
  const { kunacore } = services;
  const issueToken: typeof kunacore.issueToken = async (input) => {
    const issued = await kunacore.issueToken(input);
    world.record('requested', { token: issued.token.reveal(), ...requester });
    return issued;
  };
  return { ...services, kunacore: { ...kunacore, issueToken } };
}
