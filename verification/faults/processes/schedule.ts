import { setTimeout as sleep } from 'node:timers/promises';
import { LANGUAGES } from '@/lib/choices';
import { NETWORKS } from '@/tests/tcp-proxy';
import { messagesIn } from '@/tests/translations';
import type { Desk } from './operator';
import { Person } from './person';
import { Random } from './random';
import { type SandboxCall, type Stack, until } from './stack';

/** What one schedule did and found. */
export interface Played {
  broken: string[];
  steps: string[];
  kills: number;
  /** Writes that the portal confirmed. */
  confirmed: number;
  /** Tokens that browsers were handed. */
  tokens: number;
  /** What was confirmed at the support console, and of the consent. */
  decisions: Record<(typeof DECISIONS)[number], number>;
  /** Milliseconds from each restart until the portal was ready. */
  recoveries: number[];
}

export const DECISIONS = ['blocks', 'unblocks', 'acceptances', 'returns', 'withdrawals', 'links'] as const;

/** The externalId of a customer that is not ours. */
const STRANGER = 'of another partner';

const FIRST_DECISIONS = ['none', 'none', 'none', 'block', 'withdraw', 'return'] as const;

/** Asked more often, an operator would exceed the limit of their requests. */
const EACH_SECOND = 1_000;

/** A save or a token is some thirty instants of the process. */
const MOST_INSTANTS = 40;

const KUNACORE_FAULTS = [
  { kind: 'status', status: 503 },
  { kind: 'status', status: 429, retryAfter: 1 },
  { kind: 'status', status: 500 },
  { kind: 'reset-before' },
  { kind: 'reset-middle' },
  { kind: 'malformed' },
  { kind: 'html' },
  { kind: 'huge' },
  { kind: 'apply-then-fail' },
  { kind: 'other-customer' },
  { kind: 'delay', ms: 400 },
];

/** Plays one schedule with unused people, lifts every fault, waits until all work is finished, and checks. */
export async function playSchedule(
  stage: { stack: Stack; desk: Desk; isReviewed: boolean },
  seed: number,
  numbers: [number, number],
): Promise<Played> {
  const schedule = new Schedule(stage, new Random(seed), numbers);
  await schedule.play();
  await schedule.recover();
  await schedule.check();
  return schedule.played;
}

class Schedule {
  readonly played: Played = {
    ...{ broken: [], steps: [], kills: 0, confirmed: 0, tokens: 0, recoveries: [] },
    decisions: { blocks: 0, unblocks: 0, acceptances: 0, returns: 0, withdrawals: 0, links: 0 },
  };
  readonly #people: Person[];
  /** People whose address KunaCore knows from elsewhere. */
  readonly #strangers = new Set<Person>();
  /** What the operator was shown last; null once a response was lost, because the request may arrive later. */
  readonly #blocked = new Map<Person, boolean | null>();
  /** One operator blocks and unblocks a person, one step after the other. */
  readonly #blocking = new Map<Person, Promise<void>>();
  readonly #running: Promise<unknown>[] = [];
  #events = 0;

  private readonly stack: Stack;
  private readonly desk: Desk;

  constructor(
    private readonly stage: { stack: Stack; desk: Desk; isReviewed: boolean },
    private readonly random: Random,
    numbers: [number, number],
  ) {
    const { stack } = stage;
    this.stack = stack;
    this.desk = stage.desk;
    this.#people = numbers.map((number) => new Person(stack, number, () => ++this.#events));
  }

  async play(): Promise<void> {
    await this.desk.signIn();
    await Promise.all(this.#people.map((person) => this.#prepare(person)));
    const count = 5 + this.random.below(6);
    for (let step = 0; step < count; step += 1) {
      this.#begin();
      await sleep(this.random.below(80));
    }
    await Promise.all(this.#running);
  }

  /** Signed in twice, and mostly with a customer already, or in conflict with one. Faults come after the first decision. */
  async #prepare(person: Person): Promise<void> {
    const [saves, isStranger, decision] = [
      this.random.next() < 0.7,
      this.random.next() < 0.2,
      this.random.of(FIRST_DECISIONS),
    ];
    await person.signIn(0);
    await person.signIn(1);
    await this.desk.open(person);
    if (isStranger) await this.#addStranger(person);
    if (!saves) return;
    await person.save(0);
    await this.#acceptAll(person);
    if (decision === 'block') await this.#setBlocked(person, true);
    if (decision === 'withdraw') await this.#withdraw(person, 0);
    if (decision !== 'return' || !this.stage.isReviewed) return;
    await person.save(0);
    await this.#review(person, 0, 'return');
  }

  async #addStranger(person: Person): Promise<void> {
    const name = { firstName: 'Olena', lastName: 'Shevchenko', country: 'UA' };
    const details = { verificationDocumentId: 'AA000000', residenceAddress: 'Kyiv', externalId: STRANGER };
    this.#strangers.add(person);
    await this.stack.control('POST', 'customers', { ...name, ...details, email: person.email });
  }

  /** Both operators accept what waits, where details are reviewed. */
  async #acceptAll(person: Person): Promise<void> {
    if (!this.stage.isReviewed) return;
    for (const which of [0, 1]) await this.#review(person, which, 'accept');
  }

  /** Starts a step and lets it run beside the next ones. */
  #begin(): void {
    const dice = this.random.below(35);
    const person = this.random.of(this.#people);
    const which = this.random.below(2);
    const portal = this.random.of(this.stack.portals);
    for (const browser of person.browsers) browser.origin = this.random.of(this.stack.portals).origin;
    this.desk.use(this.random.of(this.stack.portals).origin);
    const does = (name: string, action: () => Promise<unknown>) => {
      this.played.steps.push(`${person.email} ${which}: ${name}`);
      this.#running.push(action());
    };
    if (dice < 2) does('sign in', () => person.signIn(which));
    else if (dice < 5) does('save', () => person.save(which));
    else if (dice < 7) does('buy and frame', () => person.buy(which).then(() => this.#frame(person, which)));
    else if (dice < 9) does('visit and frame', () => person.visit(which).then(() => this.#frame(person, which)));
    else if (dice < 10) does('frame', () => this.#frame(person, which));
    else if (dice < 13) does('sign out', () => person.signOut(which));
    else if (dice === 13) does('sign out everywhere', () => person.signOut(which, 'everywhere'));
    else if (dice === 14) does('end access', () => person.endAccess(which));
    else if (dice > 25) this.#beginDecision(dice, person, which, does);
    else if (dice > 22) {
      const naming = this.random.of(['session', 'person'] as const);
      does(`the provider ends every ${naming}`, () => person.endAtBank(naming));
    } else if (dice === 15) this.#running.push(this.#faultAtKunaCore());
    else if (dice === 16) this.#breakNetwork();
    else if (dice < 20) this.#arm(portal);
    else if (dice < 22) this.#kill(portal, 'SIGKILL');
    else this.#running.push(this.#freeze(portal));
  }

  /** Starts a step of an operator, or one that needs their decision. */
  #beginDecision(
    dice: number,
    person: Person,
    which: number,
    does: (name: string, action: () => Promise<unknown>) => void,
  ): void {
    if (dice < 29) {
      const blocked = this.random.next() < 0.6;
      does(blocked ? 'is blocked' : 'is unblocked', () => this.#setBlocked(person, blocked));
    } else if (dice < 32) {
      const decision = this.random.next() < 0.6 ? 'accept' : 'return';
      does(`details are reviewed: ${decision}`, () => this.#review(person, which, decision));
    } else if (dice === 32) does('save', () => person.save(which));
    else if (this.#strangers.has(person)) does('is linked', () => this.#link(person));
    else does('withdraw the consent', () => this.#withdraw(person, which));
  }

  #setBlocked(person: Person, blocked: boolean): Promise<void> {
    const done = (this.#blocking.get(person) ?? Promise.resolve()).then(async () => {
      const seen = await this.desk.setBlocked(person, blocked);
      const isKnown = seen === blocked && this.#blocked.get(person) !== null;
      this.#blocked.set(person, isKnown ? blocked : null);
      if (seen === blocked) this.played.decisions[blocked ? 'blocks' : 'unblocks'] += 1;
    });
    this.#blocking.set(person, done);
    return done;
  }

  async #review(person: Person, which: number, decision: 'accept' | 'return'): Promise<void> {
    if (await this.desk.review(person, which, decision))
      this.played.decisions[decision === 'accept' ? 'acceptances' : 'returns'] += 1;
  }

  async #withdraw(person: Person, which: number): Promise<void> {
    if (await person.withdraw(which)) this.played.decisions.withdrawals += 1;
  }

  async #link(person: Person): Promise<void> {
    if (await this.desk.link(person)) this.played.decisions.links += 1;
  }

  async #frame(person: Person, which: number): Promise<void> {
    if (await person.frame(which)) this.played.tokens += 1;
  }

  #faultAtKunaCore(): Promise<unknown> {
    const fault = { endpoint: '*', count: 1 + this.random.below(3), ...this.random.of(KUNACORE_FAULTS) };
    this.played.steps.push(`KunaCore: ${JSON.stringify(fault)}`);
    return this.stack.control('POST', 'faults', fault);
  }

  #breakNetwork(): void {
    const which = this.stack.toDatabase && this.random.next() < 0.5 ? this.stack.toDatabase : this.stack.toKunaCore;
    which.network = this.random.of(NETWORKS);
    if (this.random.next() < 0.5) which.cut();
    this.played.steps.push(`network to ${which === this.stack.toDatabase ? 'database' : 'KunaCore'}: ${which.network}`);
  }

  #arm(portal: Stack['portals'][number]): void {
    const instants = this.random.below(MOST_INSTANTS);
    this.played.steps.push(`${portal.origin} dies after ${instants} instants`);
    portal.arm(instants);
  }

  #kill(portal: Stack['portals'][number], signal: NodeJS.Signals): void {
    this.played.steps.push(`${portal.origin} gets ${signal}`);
    portal.kill(signal);
  }

  async #freeze(portal: Stack['portals'][number]): Promise<void> {
    this.played.steps.push(`${portal.origin} stands still`);
    portal.kill('SIGSTOP');
    await sleep(300 + this.random.below(700));
    portal.kill('SIGCONT');
  }

  /** No more faults; every portal runs again; nothing is left to do. */
  async recover(): Promise<void> {
    await this.stack.control('DELETE', 'faults');
    for (const proxy of [this.stack.toKunaCore, this.stack.toDatabase]) if (proxy) proxy.network = 'pass';
    for (const proxy of [this.stack.toKunaCore, this.stack.toDatabase]) proxy?.cut();
    for (const portal of this.stack.portals) {
      portal.arm(null);
      portal.kill('SIGCONT');
      // A process that was killed just now still looks alive for a moment.
      await sleep(200);
      if (portal.running()) continue;
      this.played.kills += 1;
      this.played.recoveries.push(await portal.start());
    }
    await until(() => this.#isFinished(), 'I9').catch((error: unknown) => this.played.broken.push(`I9: ${error}`));
  }

  async #isFinished(): Promise<boolean> {
    for (const { origin } of this.stack.portals) {
      const response = await fetch(`${origin}/api/health/ready`);
      const health = (await response.json()) as { invalidations?: { count: number } };
      if (health.invalidations?.count !== 0) return false;
    }
    for (const person of this.#people) {
      const states = [await person.status(0), await person.status(1)];
      if (states.some((state) => state?.customer === 'creating')) return false;
    }
    return true;
  }

  async check(): Promise<void> {
    for (const person of this.#people) {
      await this.#checkEnds(person);
      await this.#checkBlock(person);
      await this.#checkCustomer(person);
      await this.#checkHandovers(person);
      await this.#checkDetails(person);
      this.played.broken.push(...person.broken.map((what) => `${what} (${person.email})`));
    }
  }

  /** I3: signed out means signed out, and no token outlives the last session. I4: no revoked token is shown as live. */
  async #checkEnds(person: Person): Promise<void> {
    const states = [await person.status(0), await person.status(1)];
    const [customer] = await person.customer();
    const liveTokens = customer?.liveTokens ?? 0;
    for (const [which, state] of states.entries()) {
      if (person.signedOut[which] && state && person.broken.length === 0)
        this.played.broken.push(`I3: ${person.email} saw "signed out" in browser ${which} and is not`);
      if (person.endedAtBank[which] && state)
        this.played.broken.push(
          `I11: the provider ended the session of ${person.email} in browser ${which}, and it lives`,
        );
      if (state?.authorisation.state === 'live' && liveTokens === 0)
        this.played.broken.push(`I4: ${person.email} is shown a revoked token in browser ${which}`);
    }
    if (states.every((state) => state === null) && liveTokens > 0)
      this.played.broken.push(`I3: ${liveTokens} tokens of ${person.email} outlive the last session`);
  }

  /** I12: what the operator saw stays, and the wallet follows it. Unblocks in the end. */
  async #checkBlock(person: Person): Promise<void> {
    const isBlocked = await answerOf(() => this.desk.isBlocked(person));
    const seen = this.#blocked.get(person) ?? null;
    if (seen !== null && seen !== isBlocked)
      this.played.broken.push(`I12: an operator saw ${person.email} ${seen ? '' : 'un'}blocked, and it did not last`);
    await this.#checkWallet(person, isBlocked);
    if (!isBlocked) return;
    await until(async () => (await this.desk.setBlocked(person, false)) === false, 'still blocked', EACH_SECOND).catch(
      () => this.played.broken.push(`I12: ${person.email} cannot be unblocked`),
    );
    await this.#checkWallet(person, false);
  }

  async #checkWallet(person: Person, isBlocked: boolean): Promise<void> {
    const [customer] = await person.customer();
    if (
      !customer ||
      customer.externalId === STRANGER ||
      !(await answerOf(() => this.desk.isLinked(person, customer.id)))
    )
      return;
    const status = isBlocked ? 'Blocked' : 'Active';
    await until(async () => (await person.customer())[0]?.walletStatus === status, 'not carried out').catch(() =>
      this.played.broken.push(`I12: the wallet of ${person.email} is not ${status}`),
    );
  }

  /** I13: where details are reviewed, KunaCore is given only what both operators accepted. */
  async #checkHandovers(person: Person): Promise<void> {
    if (!this.stage.isReviewed) return;
    const calls = await this.stack.control<SandboxCall[]>('GET', 'calls');
    const given = calls.filter(
      ({ path, body }) =>
        /customer\/(create|update)$/.test(path) && body.email === person.email && body.residenceAddress !== undefined,
    );
    for (const { body } of given.filter((call) => !person.isAccepted(call.body.residenceAddress)))
      this.played.broken.push(`I13: KunaCore was given ${body.residenceAddress}, which was not accepted`);
  }

  /** I1 */
  async #checkCustomer(person: Person): Promise<void> {
    const customers = await person.customer();
    if (customers.length > 1) this.played.broken.push(`I1: ${person.email} has ${customers.length} customers`);
    const calls = await this.stack.control<SandboxCall[]>('GET', 'calls');
    // These answer 200 without having done anything.
    if (this.played.steps.some((step) => /"kind":"(huge|html)"/.test(step))) return;
    const accepted = calls.filter(
      ({ path, body, status }) =>
        path === '/v2/customer/create' && body.email === person.email && status && status < 300,
    );
    if (accepted.length > 1) this.played.broken.push(`I1: ${accepted.length} creates of ${person.email} were accepted`);
  }

  /** I6: what was confirmed is there, here and at KunaCore. */
  async #checkDetails(person: Person): Promise<void> {
    const confirmed = person.saves
      .filter((save) => save.confirmed)
      .sort((a, b) => Number(b.confirmed) - Number(a.confirmed));
    this.played.confirmed += confirmed.length;
    const [last] = confirmed;
    if (!last) return;
    const html = await this.#detailsPage(person);
    const address = addressIn(html);
    const possible = person.saves
      .filter((save) => !save.confirmed || save.confirmed > last.began)
      .map((save) => save.address);
    if (!address || !possible.includes(address))
      this.played.broken.push(`I6: ${person.email} saw that ${last.address} is stored, and ${address} is`);
    const expected = await this.#settle(person, html);
    await until(async () => (await person.customer())[0]?.residenceAddress === expected, 'not sent').catch(() =>
      this.played.broken.push(`I6: KunaCore does not hold the newest details of ${person.email}`),
    );
    await this.#checkHandovers(person);
  }

  /** Returns the details page, as soon as it shows details. A slow database makes it say so, and the sign-in, too. */
  async #detailsPage(person: Person): Promise<string> {
    let html = '';
    const isShown = async () => {
      if ((await person.status(0)) === null) await person.signIn(0);
      html = (await person.browsers[0]?.get('/account/details'))?.text ?? '';
      return addressIn(html) !== undefined;
    };
    await until(isShown, 'not shown').catch(() => {});
    return html;
  }

  /**
   * Does what is missing until KunaCore gets the details: the person answers a return or agrees again, operators accept
   * what waits, and link what is in conflict. @returns the address that KunaCore must hold then.
   */
  async #settle(person: Person, html: string): Promise<string | undefined> {
    const state = async () => (await person.status(0))?.customer;
    const isWithdrawn = (await state()) === 'consent-withdrawn';
    if (person.withdrawn && !isWithdrawn)
      this.played.broken.push(`I13: ${person.email} withdrew the consent, and it did not last`);
    if (isWithdrawn || isReturned(html)) await until(() => person.save(0), `${person.email} cannot save`);
    await this.#acceptAll(person);
    const isDecided = async () => {
      if ((await state()) === 'conflict') await this.#link(person);
      return (await state()) !== 'conflict';
    };
    await until(isDecided, `${person.email} cannot be linked`, EACH_SECOND);
    return isWithdrawn || isReturned(html) ? person.saves.at(-1)?.address : addressIn(html);
  }
}

/** Returns what comes once all portals answer again. */
async function answerOf<T>(ask: () => Promise<T>): Promise<T> {
  const answers: T[] = [];
  let last: unknown;
  const isAnswered = async () => {
    const answer = await ask().catch((error: unknown) => {
      last = error;
      throw error;
    });
    return answers.push(answer) > 0;
  };
  await until(isAnswered, 'The support console does not answer', EACH_SECOND).catch((error: unknown) => {
    throw last ?? error;
  });
  return answers[0] as T;
}

/** Says the details page that an operator returned the details? */
function isReturned(html: string): boolean {
  return LANGUAGES.some((language) => html.includes(messagesIn(language).details.onRecord.returned));
}

/** Returns the address in the form of the details page. */
function addressIn(html: string): string | undefined {
  const field = /id="residenceAddress"[^>]*value="([^"]*)"|value="([^"]*)"[^>]*id="residenceAddress"/.exec(html);
  return field?.[1] ?? field?.[2];
}
