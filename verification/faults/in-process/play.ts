import type { PGlite } from '@electric-sql/pglite';
import type { Scheduler } from 'fast-check';
import type { Sealing } from '@/lib/audit/seal';
import { unsealedEvents } from '@/lib/audit/unsealed';
import { violations, walletsAmiss } from './checks';
import { Instance } from './instance';
import { SimulatedKunaCore } from './kunacore';
import { Actions, addPerson, type Person, USER_AGENTS } from './people';
import { type Beginning, INSTANCES, PEOPLE, type Schedule } from './schedule';
import { type Tally, tally } from './tally';
import { World } from './world';

type Step = Schedule['steps'][number]['step'];

/**
 * Plays one schedule: starts what it says, opens the gates it says, then lifts every fault, lets all work finish,
 * gives the reconciler its 60 seconds, and looks at what happened.
 * @returns the promises that were broken, none if all is well, and how often what happened.
 */
export async function play(
  engine: PGlite,
  scheduler: Scheduler,
  schedule: Schedule,
): Promise<{ broken: string[]; happened: Tally }> {
  const world = new World(engine, scheduler);
  await world.reset();
  // Of the schedule before, whose rows are gone.
  unsealedEvents().forget(unsealedEvents().waiting());
  const stopListening = await world.listen();
  try {
    const stage = await Stage.set(world, schedule);
    const beginning = world.history.length;
    for (const { step, gates } of schedule.steps) {
      await stage.begin(step);
      await world.open(gates);
    }
    const broken = await stage.end();
    return { broken, happened: tally(world.history, beginning) };
  } finally {
    await stopListening();
  }
}

class Stage {
  readonly kunacore: SimulatedKunaCore;
  #instances: Instance[];

  private constructor(
    readonly world: World,
    readonly people: Person[],
    readonly reviewers: number,
  ) {
    this.kunacore = new SimulatedKunaCore(world);
    this.#instances = Array.from({ length: INSTANCES }, () => this.#start());
  }

  #start(): Instance {
    return new Instance(this.world, this.kunacore, this.reviewers);
  }

  static async set(world: World, schedule: Schedule): Promise<Stage> {
    const people: Person[] = [];
    for (let number = 0; number < PEOPLE; number += 1) people.push(await addPerson(world, number));
    const stage = new Stage(world, people, schedule.reviewers);
    const [first, second] = people as [Person, Person];
    stage.kunacore.addStranger('stranger@example.test');
    if (schedule.stranger === 'unknown') stage.kunacore.addStranger(first.email);
    await stage.#prepare(second, schedule.beginnings[1]);
    if (schedule.stranger === 'other-person') stage.#giveAddress(second, first.email);
    await stage.#prepare(first, schedule.beginnings[0]);
    return stage;
  }

  /** Starts a step; it goes on while the next ones begin. */
  async begin(step: Step): Promise<void> {
    switch (step.kind) {
      case 'kill':
        return this.#kill(step.instance);
      case 'kunacore-fails':
        this.kunacore.fates.push(...step.fates);
        return;
      case 'kunacore-down':
        this.kunacore.down = step.down;
        return;
      case 'kuna-ends':
        return this.#kunaEnds(this.#person(step.person));
      case 'kuna-blocks':
        return this.#kunaBlocks(this.#person(step.person), step.blocked);
      case 'database-fails':
        this.#instance(step.instance).fates.push(...step.fates);
        return;
      case 'time-passes':
        return this.world.advance(step.seconds * 1000);
      case 'round':
        void this.#instance(step.instance).round();
        void this.#instance(step.instance).seal();
        return;
      default:
        void this.#perform(step);
    }
  }

  /** Lifts all faults, lets all work finish. @returns the broken promises. */
  async end(): Promise<string[]> {
    this.kunacore.down = false;
    this.kunacore.fates.length = 0;
    for (const instance of this.#instances) instance.fates.length = 0;
    await this.world.openAll();
    const pending = await this.#finish();
    await this.#seal();
    return violations(this.world, this.kunacore, this.people, pending);
  }

  #perform(
    step: Exclude<
      Step,
      {
        kind:
          | 'kill'
          | 'kunacore-fails'
          | 'kunacore-down'
          | 'kuna-ends'
          | 'kuna-blocks'
          | 'database-fails'
          | 'time-passes'
          | 'round';
      }
    >,
  ) {
    const actions = new Actions(this.world, () => this.#instance(step.instance));
    const person = this.#person(step.person);
    const browser = person.browsers['browser' in step ? step.browser : 0] ?? {};
    switch (step.kind) {
      case 'sign-in':
        return actions.signIn(person, browser);
      case 'save':
        return actions.save(person, step.version, step.verified);
      case 'buy':
        return actions.buy(person, browser);
      case 'frame':
        return actions.frame(person, browser, USER_AGENTS[step.userAgent] ?? USER_AGENTS[0]);
      case 'sign-out':
        return actions.signOut(person, browser);
      case 'sign-out-everywhere':
        return actions.signOutEverywhere(person);
      case 'provider-ends':
        return actions.endAtProvider(person, browser, step.naming, this.#person(step.person === 0 ? 1 : 0));
      case 'logout-again':
        return actions.repeatLogout(person);
      case 'end-device':
        return actions.endDevice(person, browser);
      case 'end-access':
        return actions.endAccess(person);
      case 'review':
        return actions.review(person, step.decisions);
      case 'withdraw':
        return actions.withdraw(person);
      case 'block':
        return actions.block(person);
      case 'unblock':
        return actions.unblock(person);
      case 'link':
        return actions.link(person, this.#linkTarget(person, step.target));
      case 'ask-again':
        return actions.askAgain(person);
      case 'delete':
        return actions.remove(person);
    }
  }

  /** Signs in with both browsers, then brings the person to where they begin. */
  async #prepare(person: Person, beginning: Beginning = 'signed-in'): Promise<void> {
    const actions = new Actions(this.world, () => this.#instance(0));
    for (const browser of person.browsers) await this.#through(actions.signIn(person, browser));
    if (beginning === 'signed-in') return;
    await this.#through(actions.save(person, 0));
    if (beginning === 'returned') await this.#through(actions.review(person, ['return', null]));
    if (beginning !== 'customer' || this.reviewers === 0) return;
    await this.#through(actions.review(person, ['accept', 'accept']));
    await this.#through(this.#instance(0).round());
  }

  async #through(action: Promise<unknown>): Promise<void> {
    await this.world.openAll();
    await action;
  }

  #kill(index: number): void {
    this.#instance(index).kill();
    this.#instances[index] = this.#start();
  }

  #kunaEnds(person: Person): void {
    const customer = this.kunacore.customers.find(({ email }) => email === person.email);
    if (!customer) return;
    this.world.record('kuna-ended', { customerId: customer.id });
    this.kunacore.invalidate(customer.id);
  }

  #kunaBlocks(person: Person, blocked: boolean): void {
    const customer = this.kunacore.customers.find(({ email }) => email === person.email);
    if (!customer) return;
    if (blocked) this.kunacore.blockedByKuna.add(customer.id);
    else this.kunacore.blockedByKuna.delete(customer.id);
  }

  /** Kuna gives a customer of ours another person's address. */
  #giveAddress(person: Person, email: string): void {
    const customer = this.kunacore.customers.find((candidate) => candidate.email === person.email);
    if (customer) customer.email = email;
  }

  #linkTarget(person: Person, target: 'same-address' | 'another'): string {
    const isSame = ({ email }: { email?: string }) => (email === person.email) === (target === 'same-address');
    return this.kunacore.customers.find(isSame)?.id ?? 'none';
  }

  /** Rounds of one reconciler for up to 60 s. @returns what is still to be done then. */
  async #finish(): Promise<number> {
    const end = this.world.time + 60_000;
    for (;;) {
      const round = this.#instance(0).round();
      await this.world.openAll();
      const pause = await round;
      const pending = await this.#pending();
      if (pending === 0 || this.world.time >= end) return pending;
      await this.world.advance(pause?.milliseconds || 100);
    }
  }

  /** Rounds of one sealer, until nothing is left to seal. */
  async #seal(): Promise<void> {
    for (let sealing: Sealing = 'more'; sealing !== 'done'; ) {
      const round = this.#instance(0).seal();
      await this.world.openAll();
      sealing = await round;
    }
  }

  async #pending(): Promise<number> {
    const { rows } = await this.world.engine.query<{ pending: number }>(`
      select (select count(*) from authorisations where epoch > revoked_epoch)::int
           + (select count(*) from customers where accepted_version > 0 and consent_withdrawn_at is null
              and (state = 'creating' or (state = 'linked' and sent_version < accepted_version)))::int as pending`);
    return (rows[0]?.pending ?? 0) + (await walletsAmiss(this.world, this.kunacore)).length;
  }

  #person(number: number): Person {
    const person = this.people[number];
    if (!person) throw new Error('no such person');
    return person;
  }

  #instance(number: number): Instance {
    const instance = this.#instances[number];
    if (!instance) throw new Error('no such instance');
    return instance;
  }
}
