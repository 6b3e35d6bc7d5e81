import { isDeepStrictEqual } from 'node:util';
import type { Answer, Contract } from '../../lib/kunacore/contract';
import { shapeDifferences } from '../../lib/kunacore/contract-watch';
import type { Question } from './questions';

/** Answers that depend on the customers and operations that happen to be there. They only grow. */
const OBSERVED: Question[] = ['extraKeys', 'nullKeys', 'verificationStatuses', 'walletStatuses', 'rateLimitHeaders'];
/** Answers that differ with the day, and are no change of the contract. */
const PASSING: Question[] = ['widgetOrigins', 'widgetConsoleErrors', 'retryAfter', 'loginLifetime'];

/**
 * Adds what an earlier file knew and this run could not tell: a read-only run forgets nothing that test customers
 * showed. The file of another host is of no use.
 */
export function keepKnown(before: Contract, found: Contract): Contract {
  if (before.host !== found.host) return found;
  const known = Object.entries(before.answers).filter(([question]) => isUnknown(found.answers[question]));
  const grown = OBSERVED.flatMap((question) => grow(question, before, found));
  const isLess = (path: string) => countOf(before, path) > countOf(found, path) && found.mode === 'read-only';
  const endpoints = Object.entries(before.endpoints).filter(([path]) => !found.endpoints[path] || isLess(path));
  return {
    ...found,
    mode: before.mode === 'write' ? 'write' : found.mode,
    answers: sorted({ ...found.answers, ...Object.fromEntries([...known, ...grown]) }),
    endpoints: sorted({ ...found.endpoints, ...Object.fromEntries(endpoints) }),
  };
}

function isUnknown(answer: Answer | undefined): boolean {
  return (answer?.answer ?? null) === null;
}

function grow(question: Question, { answers: before }: Contract, { answers: found }: Contract): [string, Answer][] {
  const [first, second] = [before[question]?.answer, found[question]?.answer];
  if (!Array.isArray(first) || !Array.isArray(second)) return [];
  const evidence = found[question]?.evidence ?? '';
  return [[question, { answer: [...new Set([...first, ...second])].sort(), evidence }]];
}

/** Returns how this run differs from an earlier file of the same host, a line each. What it could not tell is left out. */
export function compare(before: Contract, now: Contract): string[] {
  if (before.host !== now.host) return [];
  const answers = Object.entries(now.answers).flatMap(([question, { answer }]) => {
    const known = before.answers[question]?.answer ?? null;
    const isCompared =
      known !== null && answer !== null && ![...OBSERVED, ...PASSING].some((name) => name === question);
    return isCompared && !isDeepStrictEqual(known, answer) ? [`${question}: ${known} → ${answer}`] : [];
  });
  const endpoints = Object.entries(now.endpoints).flatMap(([path, { statuses, shape }]) => {
    const known = before.endpoints[path];
    if (!known) return [];
    const status = isDeepStrictEqual(known.statuses, statuses) ? [] : [`${path}: ${known.statuses} → ${statuses}`];
    const keys = shapeDifferences(known.shape, shape).map(([kind, key]) => `${path}: ${key} (${kind})`);
    return [...status, ...keys];
  });
  return [...answers, ...endpoints];
}

function countOf({ endpoints }: Contract, path: string): number {
  return Object.keys(endpoints[path]?.shape ?? {}).length;
}

function sorted<T>(entries: Record<string, T>): Record<string, T> {
  return Object.fromEntries(Object.entries(entries).sort(([one], [other]) => (one < other ? -1 : 1)));
}
