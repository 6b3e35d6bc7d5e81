import { z } from 'zod';

/** A date, or a date and time, in a search. */
export const moment = z.string().refine((text) => !Number.isNaN(Date.parse(text)));

/** Returns whether `at` (milliseconds since the epoch) is between both, inclusive. A missing bound is open. */
export function isWithin(at: number, from: string | undefined, to: string | undefined): boolean {
  return (from === undefined || at >= Date.parse(from)) && (to === undefined || at <= Date.parse(to));
}
