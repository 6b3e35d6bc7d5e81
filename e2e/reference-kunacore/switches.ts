/**
 * The questions that KunaCore's documentation leaves open, with their possible answers. The first is the default.
 * A server with any combination follows the documentation, so the portal must work with all of them.
 */
export const OPEN_QUESTIONS = {
  newToken: ['leaves', 'ends earlier'],
  secondOpening: ['accepted', 'refused'],
  otherUserAgent: ['refused', 'accepted'],
  successCode: [201, 200],
  errorBody: ['errors', 'statusCode', 'text'],
  loginBody: ['email', 'login'],
  duplicateEmail: [409, 400, 422],
  invalidateWithoutToken: ['2xx', '404'],
  findShape: ['array', 'wrapped'],
  findMatch: ['exact', 'substring'],
  encryption: ['off', 'on'],
} as const;

type Question = keyof typeof OPEN_QUESTIONS;

/** One answer to every open question. */
export type Switches = { [Q in Question]: (typeof OPEN_QUESTIONS)[Q][number] };

const ALL_QUESTIONS = Object.keys(OPEN_QUESTIONS) as Question[];

/** The questions that are combined: encryption stands apart, because the client must be told. */
const QUESTIONS = ALL_QUESTIONS.filter((question) => question !== 'encryption');

/** Yields every combination of answers once (2304 of them), the defaults first. */
export function* everyCombination(): Generator<Switches> {
  yield* complete({ encryption: 'off' }, QUESTIONS);
}

function* complete(answered: Partial<Switches>, [question, ...rest]: Question[]): Generator<Switches> {
  if (question === undefined) {
    yield answered as Switches;
    return;
  }
  for (const answer of OPEN_QUESTIONS[question]) yield* complete({ ...answered, [question]: answer }, rest);
}

/**
 * Returns a small set of combinations that contains every pair of answers to two questions. Greedy: each choice adds
 * the most missing pairs. The defaults come first, and every call returns the same set.
 */
export function pairwiseCombinations(): Switches[] {
  const candidates = [...everyCombination()].map((switches) => ({ switches, pairs: pairsOf(switches) }));
  const unmet = new Set(candidates.flatMap(({ pairs }) => pairs));
  const chosen: Switches[] = [];
  while (unmet.size > 0) {
    const gains = candidates.map(({ pairs }) => pairs.filter((pair) => unmet.has(pair)).length);
    const best = candidates[gains.indexOf(Math.max(...gains))];
    if (best === undefined) break;
    chosen.push(best.switches);
    for (const pair of best.pairs) unmet.delete(pair);
  }
  return chosen;
}

/** Names the 45 pairs of answers in a combination, such as `successCode=201 & errorBody=text`. */
export function pairsOf(switches: Switches): string[] {
  const answers = QUESTIONS.map((question) => `${question}=${switches[question]}`);
  return answers.flatMap((first, index) => answers.slice(index + 1).map((second) => `${first} & ${second}`));
}

/** The first answer to every question. */
export const DEFAULT_SWITCHES = Object.fromEntries(
  ALL_QUESTIONS.map((question) => [question, OPEN_QUESTIONS[question][0]]),
) as Switches;

/**
 * Parses answers from JSON and returns them merged into `base`.
 * Throws an Error that names the unknown question or answer.
 */
export function parseSwitches(value: unknown, base: Switches = DEFAULT_SWITCHES): Switches {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new Error('switches: not an object');
  for (const [question, answer] of Object.entries(value)) {
    const known = ALL_QUESTIONS.find((name) => name === question);
    if (known === undefined) throw new Error(`switches: no question is called ${question}`);
    const answers: readonly unknown[] = OPEN_QUESTIONS[known];
    if (!answers.includes(answer)) throw new Error(`switches: ${question} is one of ${answers.join(', ')}`);
  }
  return { ...base, ...value };
}
