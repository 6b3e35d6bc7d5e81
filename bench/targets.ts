/** The bound of a figure. */
export interface Target {
  atMost?: number;
  atLeast?: number;
}

/** Lines between the browser and the servers. Slow also has a slower processor. */
export const LINES = {
  no: { roundTripMs: 0, kilobitsPerSecond: Number.POSITIVE_INFINITY, slowdown: 1 },
  fast: { roundTripMs: 40, kilobitsPerSecond: 9_000, slowdown: 1 },
  slow: { roundTripMs: 130, kilobitsPerSecond: 1_600, slowdown: 4 },
} as const;

export type LineName = keyof typeof LINES;

/** What an operator does in the support console (parts/console.ts). */
const CONSOLE = [
  'the queue Needs us',
  'the queue Waiting for Kuna',
  'the queue Blocked',
  'all customers',
  'a later page of all',
  'the queue of reviews',
  'details in review',
  "a customer's page",
  "a customer's purchases",
  'an action for a customer',
  'the audit log',
  'a later page of the audit log',
  'the audit log of one customer',
  'the integration page',
  'search for a name and four digits',
  'search for a whole name',
  'search for a common first name',
  'search for the beginnings of two common names',
  'search for two common first names',
  'search for a part of an address',
  'search for a whole address',
  'search for a phone number',
  'search for the last four digits',
  'search for a customer id',
  'search for a wallet id',
  'search for a name that nobody has',
];

/** Every bound, by the name of the measure. Ratios do not depend on the machine. */
export const TARGETS: Record<string, Target> = {
  'time to widget ÷ floor, no line': { atMost: 1.15 },
  'time to widget ÷ floor, fast line': { atMost: 1.0 },
  'time to widget ÷ floor, slow line': { atMost: 0.95 },
  'time to widget ÷ after hydration, no line': { atMost: 0.6 },
  'time to widget ÷ after hydration, fast line': { atMost: 0.55 },
  'time to widget ÷ after hydration, slow line': { atMost: 0.5 },

  'requests/s ÷ bare page, /account, embedded': { atLeast: 0.3 },
  'requests/s ÷ bare page, /account/buy, embedded': { atLeast: 0.3 },
  'requests/s ÷ bare page, /account/activity, embedded': { atLeast: 0.3 },
  'requests/s ÷ bare page, /account, PostgreSQL': { atLeast: 0.4 },
  'requests/s ÷ bare page, /account/buy, PostgreSQL': { atLeast: 0.4 },
  'requests/s ÷ bare page, /account/activity, PostgreSQL': { atLeast: 0.4 },
  'requests/s ÷ bare page, /sign-in, embedded': { atLeast: 0.55 },
  'requests/s ÷ bare page, /, embedded': { atLeast: 0.55 },
  'requests/s ÷ bare page, /sign-in, PostgreSQL': { atLeast: 0.55 },
  'requests/s ÷ bare page, /, PostgreSQL': { atLeast: 0.55 },
  'requests/s ÷ bare route, /api/account/status, embedded': { atLeast: 0.25 },
  'requests/s ÷ bare route, /api/account/status, PostgreSQL': { atLeast: 0.5 },

  'script kB above a bare page, /': { atMost: 20 },
  'script kB above a bare page, /sign-in': { atMost: 20 },
  'script kB above a bare page, /account': { atMost: 45 },
  'script kB above a bare page, /account/buy': { atMost: 45 },
  'script kB above a bare page, /account/activity': { atMost: 45 },
  'script kB above a bare page, /account/details': { atMost: 45 },
  'script kB above a bare page, /account/devices': { atMost: 45 },
  'script kB above a bare page, /widget': { atMost: 45 },
  'script kB above a bare page, /operator': { atMost: 45 },
  'HTML kB, /account/details': { atMost: 45 },
  'HTML kB, /account/buy': { atMost: 28 },

  "reconciler's idle round, CPU ms of PostgreSQL": { atMost: 5 },
  'audited writes, share of samples with a lock wait, 32 at once': { atMost: 0.05 },

  ...Object.fromEntries(CONSOLE.map((name) => [`console, ms, ${name}`, { atMost: 100 }])),
  ...Object.fromEntries(CONSOLE.map((name) => [`console, ÷ 1,000 customers, ${name}`, { atMost: 1.5 }])),

  'load: unexpected 5xx': { atMost: 0 },
  'load: drift % of the memory in use, the first instance': { atMost: 10 },
  'load: drift % of the memory in use, the second instance': { atMost: 10 },
  'load: sign-outs not carried out': { atMost: 0 },
};
