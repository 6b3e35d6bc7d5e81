import 'server-only';
import { randomBytes, timingSafeEqual } from 'node:crypto';
import { cookies } from 'next/headers';
import { signedOutCookie, signedOutCookieName } from '@/lib/auth/cookies';
import { config } from '@/lib/config/config';
import { OLDEST_AUTHENTICATION_SECONDS } from '@/lib/sessions/authentication';

// Whether the identity provider must authenticate a person anew. A session there that is still alive signs in without a
// question, except after an explicit sign-out in this browser that the provider has not confirmed (decision 045).

/** How the provider is asked to authenticate. */
export interface Asking {
  /** The person must authenticate now, whatever session the provider has. */
  again: boolean;
  /** Seconds since 1970 of the sign-out that the provider has not confirmed; null without one. */
  signedOutAt: number | null;
}

export const ASKS_NOTHING: Asking = { again: false, signedOutAt: null };

/** Clocks differ by this much at most. */
const TOLERANCE_SECONDS = 60;

/** Returns the parameters of the authorization request (OpenID Connect Core 3.1.2.1). `max_age` makes it tell `auth_time`. */
export function authenticationParams({ again, signedOutAt }: Asking): Record<string, string | number> {
  const { session, stepUp } = config();
  if (!again && signedOutAt === null) return { max_age: session.maxHours * 3600 };
  const asked = { prompt: 'login', max_age: OLDEST_AUTHENTICATION_SECONDS };
  return again && stepUp.acr ? { ...asked, acr_values: stepUp.acr } : asked;
}

/** Reports whether the provider used a session from before the sign-out. A provider without `auth_time`, or with 0, cannot tell. */
export function isFromBefore({ signedOutAt }: Asking, authTime: number | undefined): boolean {
  return signedOutAt !== null && Boolean(authTime) && Number(authTime) < signedOutAt - TOLERANCE_SECONDS;
}

/** Remembers the sign-out in this browser. @returns a value by which the provider's answer is recognised. */
export async function markSignedOut(): Promise<string> {
  const state = randomBytes(32).toString('base64url');
  const value = `${Math.floor(Date.now() / 1000)}.${state}`;
  (await cookies()).set(signedOutCookie(config().secure, value, config().session.maxHours * 3600));
  return state;
}

/** Returns when this browser signed out without the provider's confirmation, or null. */
export async function signedOutAt(): Promise<number | null> {
  const [at = ''] = (await mark()).split('.');
  return /^\d{1,12}$/.test(at) ? Number(at) : null;
}

/** Forgets the sign-out: the provider has confirmed it, or a person has signed in since. */
export async function forgetSignedOut(): Promise<void> {
  (await cookies()).set(signedOutCookie(config().secure, '', 0));
}

/** Reports whether a provider's answer belongs to this browser's sign-out. */
export async function isOwnSignOut(state: string | null): Promise<boolean> {
  const expected = Buffer.from((await mark()).split('.')[1] ?? '');
  const given = Buffer.from(state ?? '');
  return expected.length > 0 && given.length === expected.length && timingSafeEqual(given, expected);
}

async function mark(): Promise<string> {
  return (await cookies()).get(signedOutCookieName(config().secure))?.value ?? '';
}
