import { failed, type Line, ok } from './line';

/** Tokens and signatures allow for about a minute. */
const MOST_SECONDS = 60;

/** Compares this machine's clock with another one. Says nothing when the other one does not tell its time. */
export function checkClock(whose: string, time: number | string | null): Line[] {
  const other = typeof time === 'string' ? Date.parse(time) : (time ?? Number.NaN);
  const difference = Math.round((other - Date.now()) / 1000);
  if (Number.isNaN(difference)) return [];
  if (Math.abs(difference) <= MOST_SECONDS) return [ok(`the clock of ${whose} agrees with this machine's`)];
  return [
    failed(
      `the clock of ${whose} differs from this machine's by ${difference} s`,
      'set both by NTP; see which is wrong with: date -u',
    ),
  ];
}
