/** Answers to questions that KunaCore's documentation leaves open, as the reference KunaCore takes them. */
export type Answers = Record<string, string | number>;

/** Whether and how a token may be used. */
export const OF_TOKENS = {
  newToken: ['leaves', 'ends earlier'],
  secondOpening: ['accepted', 'refused'],
  otherUserAgent: ['refused', 'accepted'],
  invalidateWithoutToken: ['2xx', '404'],
};

/** How a customer that exists already shows. */
export const OF_CUSTOMERS = {
  errorBody: ['errors', 'statusCode', 'text'],
  duplicateEmail: [409, 400, 422],
  findShape: ['array', 'wrapped'],
  findMatch: ['exact', 'substring'],
};

export const OF_SUCCESS = { successCode: [201, 200] };

/** For tests: every way to answer all of these questions. */
export function* combinations(questions: Record<string, readonly (string | number)[]>): Generator<Answers> {
  const [first, ...rest] = Object.entries(questions);
  if (!first) {
    yield {};
    return;
  }
  const [question, answers] = first;
  for (const answer of answers)
    for (const others of combinations(Object.fromEntries(rest))) yield { [question]: answer, ...others };
}
