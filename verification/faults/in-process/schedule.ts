import * as fc from 'fast-check';
import { DATABASE_FATES } from './instance';
import { FATES } from './kunacore';
import { type Decision, NAMINGS } from './people';

/** How many people there are, and how many portals; few, so that they meet. */
export const PEOPLE = 2;
export const INSTANCES = 2;

/** How a person begins: signed in, with details that wait for a review or were returned, or as a customer at KunaCore. */
const BEGINNINGS = [
  ...(['customer', 'customer', 'customer', 'customer', 'customer'] as const),
  ...(['signed-in', 'signed-in', 'waiting', 'waiting', 'returned'] as const),
];
export type Beginning = (typeof BEGINNINGS)[number];

/** How many operators must accept: KYC_MODE=trusted, review, and with KYC_FOUR_EYES=on. */
const REVIEWERS = [0, 0, 1, 2] as const;

/** What each of two operators decides about details that wait. */
const DECISIONS: [Decision, Decision][] = [
  ['accept', 'accept'],
  ['accept', 'accept'],
  ['accept', null],
  [null, 'accept'],
  ['return', null],
  ['accept', 'return'],
];

/** Whom an operator links a person to: KunaCore's customer with the person's address, or by mistake another. */
const LINK_TARGETS = ['same-address', 'same-address', 'another'] as const;

/** Who has the first person's address at KunaCore already. */
const STRANGERS = ['nobody', 'unknown', 'other-person'] as const;

// Mostly the same one: what happens to a person at the same time is what can go wrong.
const person = fc.constantFrom(0, 0, 0, 1);
const browser = fc.nat(1);
const instance = fc.nat(INSTANCES - 1);
const userAgent = fc.constantFrom(0, 0, 0, 1);

/** One kind of step with its parameters. */
function one<Kind extends string, Parameters extends object>(
  kind: Kind,
  parameters: { [Name in keyof Parameters]: fc.Arbitrary<Parameters[Name]> },
): fc.Arbitrary<{ kind: Kind } & Parameters> {
  return fc.record({ kind: fc.constant(kind), ...parameters }) as unknown as fc.Arbitrary<{ kind: Kind } & Parameters>;
}

/** What people, faults and time do. The weights make the dangerous moments frequent. */
const STEPS = [
  { weight: 3, arbitrary: one('sign-in', { person, browser, instance }) },
  {
    weight: 6,
    arbitrary: one('save', {
      person,
      instance,
      version: fc.integer({ min: 1, max: 9 }),
      verified: fc.nat(3).map((dice) => dice === 3),
    }),
  },
  { weight: 3, arbitrary: one('withdraw', { person, instance }) },
  { weight: 6, arbitrary: one('buy', { person, browser, instance }) },
  { weight: 8, arbitrary: one('frame', { person, browser, instance, userAgent }) },
  { weight: 5, arbitrary: one('sign-out', { person, browser, instance }) },
  { weight: 1, arbitrary: one('sign-out-everywhere', { person, instance }) },
  {
    weight: 4,
    arbitrary: one('provider-ends', { person, browser, instance, naming: fc.constantFrom(...NAMINGS) }),
  },
  { weight: 1, arbitrary: one('logout-again', { person, instance }) },
  { weight: 1, arbitrary: one('end-device', { person, browser, instance }) },
  { weight: 2, arbitrary: one('end-access', { person, instance }) },
  { weight: 3, arbitrary: one('block', { person, instance }) },
  { weight: 3, arbitrary: one('unblock', { person, instance }) },
  { weight: 4, arbitrary: one('link', { person, instance, target: fc.constantFrom(...LINK_TARGETS) }) },
  { weight: 1, arbitrary: one('ask-again', { person, instance }) },
  { weight: 2, arbitrary: one('delete', { person, instance }) },
  { weight: 5, arbitrary: one('round', { instance }) },
  { weight: 3, arbitrary: one('kill', { instance }) },
  {
    weight: 4,
    arbitrary: one('kunacore-fails', { fates: fc.array(fc.constantFrom(...FATES), { minLength: 1, maxLength: 4 }) }),
  },
  { weight: 1, arbitrary: one('kunacore-down', { down: fc.boolean() }) },
  { weight: 1, arbitrary: one('kuna-ends', { person }) },
  { weight: 1, arbitrary: one('kuna-blocks', { person, blocked: fc.boolean() }) },
  {
    weight: 2,
    arbitrary: one('database-fails', {
      instance,
      fates: fc.array(fc.constantFrom(...DATABASE_FATES), { minLength: 1, maxLength: 4 }),
    }),
  },
  { weight: 3, arbitrary: one('time-passes', { seconds: fc.constantFrom(1, 5, 16, 61, 300, 31 * 60, 13 * 3600) }) },
] as const;

const review = one('review', { person, instance, decisions: fc.constantFrom(...DECISIONS) });
/** Where nobody reviews, the step does nothing. */
const stepOf = (reviewers: number) => fc.oneof(...STEPS, { weight: reviewers > 0 ? 14 : 0, arbitrary: review });

/** Often a few, so that steps meet half-way; sometimes enough for a step to come to its end. */
const gates = fc.oneof({ weight: 3, arbitrary: fc.nat(8) }, { weight: 1, arbitrary: fc.constant(40) });

/** People can buy already in most schedules: the interesting part is what comes after. */
export const schedule = fc.constantFrom(...REVIEWERS).chain((reviewers) =>
  fc.record({
    reviewers: fc.constant(reviewers),
    /** Of each person. */
    beginnings: fc.array(fc.constantFrom(...BEGINNINGS), { minLength: PEOPLE, maxLength: PEOPLE }),
    stranger: fc.nat(7).map((dice) => STRANGERS[dice] ?? 'nobody'),
    steps: fc.array(fc.record({ step: stepOf(reviewers), gates }), { minLength: 4, maxLength: 16 }),
  }),
);

export type Schedule = typeof schedule extends fc.Arbitrary<infer Value> ? Value : never;
