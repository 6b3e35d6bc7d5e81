import { setTimeout as sleep } from 'node:timers/promises';
import { NETWORKS } from '@/tests/tcp-proxy';
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
  /** Milliseconds from each restart until the portal was ready. */
  recoveries: number[];
}

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
export async function playSchedule(stack: Stack, seed: number, numbers: [number, number]): Promise<Played> {
  const schedule = new Schedule(stack, new Random(seed), numbers);
  await schedule.play();
  await schedule.recover();
  await schedule.check();
  return schedule.played;
}

class Schedule {
  readonly played: Played = { broken: [], steps: [], kills: 0, confirmed: 0, tokens: 0, recoveries: [] };
  readonly #people: Person[];
  readonly #running: Promise<unknown>[] = [];
  #events = 0;

  constructor(
    private readonly stack: Stack,
    private readonly random: Random,
    numbers: [number, number],
  ) {
    this.#people = numbers.map((number) => new Person(stack, number, () => ++this.#events));
  }

  async play(): Promise<void> {
    await Promise.all(this.#people.map((person) => this.#prepare(person)));
    const count = 5 + this.random.below(6);
    for (let step = 0; step < count; step += 1) {
      this.#begin();
      await sleep(this.random.below(80));
    }
    await Promise.all(this.#running);
  }

  /** Signed in twice, and mostly with a customer already. */
  async #prepare(person: Person): Promise<void> {
    await person.signIn(0);
    await person.signIn(1);
    if (this.random.next() < 0.7) await person.save(0);
  }

  /** Starts a step and lets it run beside the next ones. */
  #begin(): void {
    const dice = this.random.below(26);
    const person = this.random.of(this.#people);
    const which = this.random.below(2);
    const portal = this.random.of(this.stack.portals);
    for (const browser of person.browsers) browser.origin = this.random.of(this.stack.portals).origin;
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
    else if (dice > 22) {
      const naming = this.random.of(['session', 'person'] as const);
      does(`the provider ends every ${naming}`, () => person.endAtBank(naming));
    } else if (dice === 15) this.#running.push(this.#faultAtKunaCore());
    else if (dice === 16) this.#breakNetwork();
    else if (dice < 20) this.#arm(portal);
    else if (dice < 22) this.#kill(portal, 'SIGKILL');
    else this.#running.push(this.#freeze(portal));
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
      await this.#checkCustomer(person);
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
    let address: string | undefined;
    // A slow database makes the page say so, and the sign-in, too.
    const isShown = async () => {
      if ((await person.status(0)) === null) await person.signIn(0);
      address = addressIn((await person.browsers[0]?.get('/account/details'))?.text ?? '');
      return address !== undefined;
    };
    await until(isShown, 'not shown').catch(() => {});
    const possible = person.saves
      .filter((save) => !save.confirmed || save.confirmed > last.began)
      .map((save) => save.address);
    if (!address || !possible.includes(address))
      this.played.broken.push(`I6: ${person.email} saw that ${last.address} is stored, and ${address} is`);
    await until(async () => (await person.customer())[0]?.residenceAddress === address, 'not sent').catch(() =>
      this.played.broken.push(`I6: KunaCore does not hold the newest details of ${person.email}`),
    );
  }
}

/** Returns the address in the form of the details page. */
function addressIn(html: string): string | undefined {
  const field = /id="residenceAddress"[^>]*value="([^"]*)"|value="([^"]*)"[^>]*id="residenceAddress"/.exec(html);
  return field?.[1] ?? field?.[2];
}
