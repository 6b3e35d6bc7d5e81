import type { Contract, Shape } from './contract';
import { ABSENT, lacks, shapeOf } from './shape';
import type { SeenResponse } from './transport';

/** How a response differs from the contract. A new key or status is tolerated, and counted all the same. */
export type ChangeKind = 'status' | 'not-json' | 'missing-key' | 'type' | 'new-key';

/** One difference. `key` is a path of the response, or empty. */
export interface ContractChange {
  endpoint: string;
  kind: ChangeKind;
  key: string;
}

/** Responses of one hour that differ from the contract in the same way. */
export interface ChangeCount extends ContractChange {
  /** The beginning of the hour, in milliseconds since the epoch. */
  hour: number;
  changes: number;
}

const HOUR = 3_600_000;
/** Limits the differences told apart in an hour. The rest is counted without a key. */
const MOST_KEYS = 100;

/** Compares responses with the contract and counts the differences until they are taken. Never stops a call. */
export class ContractWatch {
  #counts = new Map<string, ChangeCount>();
  #reported = new Map<string, number>();

  /** @param report is called once an hour for each endpoint and kind. */
  constructor(
    private readonly contract: Contract,
    private readonly report: (change: ContractChange) => void,
  ) {}

  observe(response: SeenResponse, now = Date.now()): void {
    for (const change of differences(this.contract, response)) this.#add(change, now);
  }

  /** Returns what was counted, and begins anew. */
  take(): ChangeCount[] {
    const counts = [...this.#counts.values()];
    this.#counts.clear();
    return counts;
  }

  #add(change: ContractChange, now: number): void {
    const hour = now - (now % HOUR);
    const named = this.#counts.size < MOST_KEYS ? change : { ...change, key: '' };
    const id = [hour, named.endpoint, named.kind, named.key].join(' ');
    const count = this.#counts.get(id) ?? { ...named, hour, changes: 0 };
    count.changes += 1;
    this.#counts.set(id, count);
    const kind = `${named.endpoint} ${named.kind}`;
    if (this.#reported.get(kind) === hour) return;
    this.#reported.set(kind, hour);
    this.report(named);
  }
}

/** Returns how a successful response differs from the contract. */
export function differences(contract: Contract, { endpoint, status, text }: SeenResponse): ContractChange[] {
  const expected = contract.endpoints[endpoint];
  if (!expected) return [];
  const change = (kind: ChangeKind, key = ''): ContractChange => ({ endpoint, kind, key });
  const byStatus = expected.statuses.includes(status) ? [] : [change('status')];
  const body = parse(text);
  if (body === undefined) return Object.keys(expected.shape).length > 0 ? [...byStatus, change('not-json')] : byStatus;
  return [...byStatus, ...shapeDifferences(expected.shape, shapeOf(body)).map(([kind, key]) => change(kind, key))];
}

/** Returns how one shape differs from another, key by key. */
export function shapeDifferences(expected: Shape, seen: Shape): [ChangeKind, key: string][] {
  return [
    ...missingKeys(expected, seen).map((key): [ChangeKind, string] => ['missing-key', key]),
    ...otherTypes(expected, seen).map((key): [ChangeKind, string] => ['type', key]),
    ...newKeys(expected, seen).map((key): [ChangeKind, string] => ['new-key', key]),
  ];
}

function missingKeys(expected: Shape, seen: Shape): string[] {
  return Object.keys(expected).filter(
    (path) => !expected[path]?.includes(ABSENT) && (lacks(seen, path) || seen[path]?.includes(ABSENT)),
  );
}

/** A null may come at any time (it means "not given"), and a key of which only nulls were seen may become anything. */
function otherTypes(expected: Shape, seen: Shape): string[] {
  return Object.keys(seen).filter((path) => {
    const known = expected[path]?.filter(isType) ?? [];
    return known.length > 0 && seen[path]?.filter(isType).some((name) => !fits(name, known));
  });
}

const isType = (name: string) => name !== 'null' && name !== ABSENT;

/** A text fits where texts of any form were seen. */
function fits(name: string, known: string[]): boolean {
  return known.includes(name) || (known.includes('string') && (name === 'decimal' || name === 'time'));
}

/** Returns the outermost new keys, not what is inside them. */
function newKeys(expected: Shape, seen: Shape): string[] {
  const isKnown = (path: string) => path in expected || !lacks(expected, path);
  return Object.keys(seen).filter((path) => !isKnown(path));
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
