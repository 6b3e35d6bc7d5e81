import type { Happening } from './world';

/** How often something happened. */
export type Tally = Record<string, number>;

/** What schedules must contain often: a run in which one of them never happens shows nothing about it. */
const COUNTED: Record<string, (happening: Happening, before: Happening[]) => boolean> = {
  'hand-overs': ({ what, event }) => what === 'details' && event === 'handed-over',
  'first acceptances of two': ({ what, outcome }) => what === 'reviewed' && outcome === 'accepted-first',
  acceptances: ({ what, outcome }) => what === 'reviewed' && outcome === 'accepted',
  returns: ({ what, outcome }) => what === 'reviewed' && outcome === 'returned',
  'reviews of changed details': ({ what, outcome }) => what === 'reviewed' && outcome === 'changed',
  corrections: (happening, before) => isStored(happening) && last(happening, before) === 'returned',
  withdrawals: ({ what, event }) => what === 'details' && event === 'withdrawn',
  'new agreements': (happening, before) => isStored(happening) && last(happening, before) === 'withdrawn',
  blocks: ({ what }) => what === 'blocked',
  'blocks of wallets': ({ what, walletStatus }) => what === 'update' && walletStatus === 'Blocked',
  links: ({ what }) => what === 'linked-by-operator',
};

/** Counts what happened after the beginning of a schedule. */
export function tally(history: Happening[], beginning: number): Tally {
  return Object.fromEntries(
    Object.entries(COUNTED).map(([name, counts]) => [
      name,
      history.filter((happening, index) => index >= beginning && counts(happening, history.slice(0, index))).length,
    ]),
  );
}

const isStored = ({ what, event }: Happening) => what === 'details' && event === 'stored';

/** Returns what became of the person's details last. */
function last({ user }: Happening, before: Happening[]): unknown {
  return before.findLast((happening) => happening.what === 'details' && happening.user === user)?.event;
}
