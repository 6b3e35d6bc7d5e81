/** Switches of the reference KunaCore: answers to questions that KunaCore's documentation leaves open. */
export type Answers = Record<string, string | number>;

/** Whether and how a token may be used. */
export const OF_TOKENS = {
  newToken: ['leaves', 'ends earlier'],
  secondOpening: ['accepted', 'refused'],
  otherUserAgent: ['refused', 'accepted'],
  invalidateWithoutToken: ['2xx', '404'],
};

/** Responses about a customer that already exists. */
export const OF_CUSTOMERS = {
  errorBody: ['errors', 'statusCode', 'text'],
  duplicateEmail: [409, 400, 422],
  findShape: ['array', 'wrapped'],
  findMatch: ['exact', 'substring'],
};

export const OF_SUCCESS = { successCode: [201, 200] };

/** Whether bodies are encrypted, which the portal must be told. */
export const OF_ENCRYPTION = { encryption: ['off', 'on'] };

/** Returns every combination of answers to these questions. */
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
