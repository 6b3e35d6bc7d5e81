import { isDeepStrictEqual } from 'node:util';
import type { Contract } from '../../lib/kunacore/contract';

/**
 * Adds what an earlier file knew and this run could not tell: a read-only run forgets nothing that test customers
 * showed. The file of another host is of no use.
 */
export function keepKnown(before: Contract, found: Contract): Contract {
  if (before.host !== found.host) return found;
  const known = Object.entries(before.answers).filter(
    ([question]) => (found.answers[question]?.answer ?? null) === null,
  );
  const isLess = (path: string) => countOf(before, path) > countOf(found, path) && found.mode === 'read-only';
  const endpoints = Object.entries(before.endpoints).filter(([path]) => !found.endpoints[path] || isLess(path));
  return {
    ...found,
    mode: before.mode === 'write' ? 'write' : found.mode,
    answers: sorted({ ...found.answers, ...Object.fromEntries(known) }),
    endpoints: sorted({ ...found.endpoints, ...Object.fromEntries(endpoints) }),
  };
}

/** Returns what differs from an earlier file of the same host, a line each. */
export function compare(before: Contract, now: Contract): string[] {
  if (before.host !== now.host) return [];
  const answers = Object.entries(now.answers).flatMap(([question, { answer }]) => {
    const known = before.answers[question]?.answer ?? null;
    return known === null || isDeepStrictEqual(known, answer) ? [] : [`${question}: ${known} → ${answer}`];
  });
  const endpoints = Object.entries(now.endpoints).flatMap(([path, { statuses, shape }]) => {
    const known = before.endpoints[path];
    if (!known) return [];
    const status = isDeepStrictEqual(known.statuses, statuses) ? [] : [`${path}: ${known.statuses} → ${statuses}`];
    const keys = [...new Set([...Object.keys(known.shape), ...Object.keys(shape)])].sort();
    const types = keys.filter((key) => !isDeepStrictEqual(known.shape[key], shape[key]));
    const typeOf = (names: string[] | undefined) => names?.join('|') ?? 'missing';
    return [...status, ...types.map((key) => `${path}: ${key} ${typeOf(known.shape[key])} → ${typeOf(shape[key])}`)];
  });
  return [...answers, ...endpoints];
}

function countOf({ endpoints }: Contract, path: string): number {
  return Object.keys(endpoints[path]?.shape ?? {}).length;
}

function sorted<T>(entries: Record<string, T>): Record<string, T> {
  return Object.fromEntries(Object.entries(entries).sort(([one], [other]) => (one < other ? -1 : 1)));
}
