import { randomInt, timingSafeEqual } from 'node:crypto';

/** The lifetime of a code, in milliseconds. */
const LIFETIME = 10 * 60_000;
const TRIES = 5;

export interface OneTimeCode {
  readonly digits: string;
  /** Milliseconds since the epoch. */
  readonly expiresAt: number;
  triesLeft: number;
}

export type CodeCheck = 'right' | 'wrong' | 'used-up' | 'expired';

/** Creates a code of six digits. `now` is in milliseconds since the epoch. */
export function newOneTimeCode(now: number): OneTimeCode {
  return { digits: String(randomInt(1_000_000)).padStart(6, '0'), expiresAt: now + LIFETIME, triesLeft: TRIES };
}

/** Checks a typed code, which uses up one of the tries. */
export function checkOneTimeCode(code: OneTimeCode, typed: string, now: number): CodeCheck {
  if (now >= code.expiresAt) return 'expired';
  if (code.triesLeft <= 0) return 'used-up';
  code.triesLeft -= 1;
  const isRight = typed.length === code.digits.length && timingSafeEqual(Buffer.from(typed), Buffer.from(code.digits));
  if (isRight) return 'right';
  return code.triesLeft > 0 ? 'wrong' : 'used-up';
}
