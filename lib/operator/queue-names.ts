/** The lists of the support console, in the order in which they are shown. */
export const QUEUES = ['needs-us', 'waiting', 'blocked', 'all'] as const;
export type Queue = (typeof QUEUES)[number];

/** Counts beyond it are not exact: they would read the whole queue. */
export const COUNTED = 1_000;
