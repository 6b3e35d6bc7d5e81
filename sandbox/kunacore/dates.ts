import { z } from 'zod';

/** A moment as a search names it: a date, or a date and time. */
export const moment = z.string().refine((text) => !Number.isNaN(Date.parse(text)));

/** Is `at` (milliseconds since the epoch) between the two, both included? A missing end is open. */
export function isWithin(at: number, from: string | undefined, to: string | undefined): boolean {
  return (from === undefined || at >= Date.parse(from)) && (to === undefined || at <= Date.parse(to));
}
