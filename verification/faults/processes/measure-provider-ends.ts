import { setTimeout as sleep } from 'node:timers/promises';
import { each, liveTokens, median } from './measure';
import { Person } from './person';
import { build as buildPortal, type Stack, startStack, until } from './stack';

const PEOPLE = 100;
const ENDED_WITHIN_MS = 2_000;
const DRAINED_WITHIN_SECONDS = 60;
/** Longer than the reconciler's pauses take to grow to their longest (lib/server/reconciler.ts). */
const PROBES_SLOW_DOWN_MS = 12_000;
/** What an hour of failures leaves behind: the longest pause before the next attempt (lib/customers/retry.ts). */
const AFTER_AN_HOUR = `update authorisations set attempts = 20, next_attempt_at = now() + interval '5 minutes'
  where epoch > revoked_epoch`;

/**
 * The identity provider ends 100 people's sessions one after the other while KunaCore is well; then those of 100 others
 * while KunaCore is away, with retries that are as rare as after an hour.
 * @returns whether each token of the first was invalid within 2 s, and all of the second within 60 s of KunaCore's return.
 */
export async function measureProviderEnds(build: boolean): Promise<boolean> {
  if (build) buildPortal();
  const stack = await startStack(1, 'postgres');
  try {
    const times = await endsWhileWell(await peopleWithTokens(stack, 1));
    const worst = Math.max(...times);
    const seconds = await endsDuringOutage(stack, await peopleWithTokens(stack, PEOPLE + 1));
    console.log(
      `${PEOPLE} ends at the provider: from its portal's 200 to no live token ${Math.round(median(times))} ms (median), ` +
        `${Math.round(worst)} ms (worst)`,
    );
    console.log(
      `${PEOPLE} ends at the provider during an outage, retries as after an hour: all invalidated ` +
        `${seconds.toFixed(1)} s after its end`,
    );
    return worst <= ENDED_WITHIN_MS && seconds <= DRAINED_WITHIN_SECONDS;
  } finally {
    await stack.stop();
  }
}

async function peopleWithTokens(stack: Stack, first: number): Promise<Person[]> {
  const people = Array.from({ length: PEOPLE }, (_, index) => new Person(stack, first + index, () => 0));
  await each(people, async (person) => {
    await until(async () => {
      await person.signIn(0);
      return (await person.save(0)) && (await person.frame(0)) !== null;
    }, `${person.email} got no token`);
  });
  return people;
}

/** Returns each person's milliseconds. The clock starts when the provider has the portal's response. */
async function endsWhileWell(people: Person[]): Promise<number[]> {
  const times: number[] = [];
  for (const person of people) {
    await mustEndAtBank(person);
    const ended = performance.now();
    await until(async () => (await person.customer())[0]?.liveTokens === 0, `${person.email} keeps a token`, 5);
    times.push(performance.now() - ended);
  }
  return times;
}

/** Returns the seconds from KunaCore's return until no token was live. */
async function endsDuringOutage(stack: Stack, people: Person[]): Promise<number> {
  stack.toKunaCore.network = 'refuse';
  stack.toKunaCore.cut();
  await each(people, mustEndAtBank);
  await sleep(PROBES_SLOW_DOWN_MS);
  if ((await liveTokens(stack)) < PEOPLE) throw new Error('Tokens died during the outage');
  const postponed = await stack.sql(AFTER_AN_HOUR);
  if (postponed < PEOPLE) throw new Error(`${postponed} revocations wait instead of ${PEOPLE}`);
  stack.toKunaCore.network = 'pass';
  const back = performance.now();
  await until(async () => (await liveTokens(stack)) === 0, 'not all were invalidated within 60 s');
  return (performance.now() - back) / 1000;
}

/** @throws Error when the portal did not confirm the end of the person's session. */
async function mustEndAtBank(person: Person): Promise<void> {
  const responses = await person.endAtBank('session');
  if (!person.endedAtBank[0])
    throw new Error(`The portal did not confirm the end of ${person.email}: ${JSON.stringify(responses)}`);
}
