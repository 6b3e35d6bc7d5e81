import 'server-only';
import { randomBytes, timingSafeEqual } from 'node:crypto';
import { cookies } from 'next/headers';
import { signedOutCookie, signedOutCookieName } from '@/lib/auth/cookies';
import { config } from '@/lib/config/config';
import type { OidcConfig } from '@/lib/config/oidc';
import { OLDEST_AUTHENTICATION_SECONDS } from '@/lib/sessions/authentication';

// Whether the identity provider must authenticate a person anew. A session there that is still alive signs in without a
// question, except after an explicit sign-out in this browser that the provider has not confirmed (decision 046), and
// where OIDC_PROMPT says otherwise.

/** How the provider is asked to authenticate (OpenID Connect Core 3.1.2.1). */
export interface Asking {
  prompt: Exclude<OidcConfig['prompt'], 'auto'>;
  /** The requested `max_age`, in seconds: it also makes the provider tell `auth_time`. Null: none. */
  maxAge: number | null;
  /** The `max_age` that the response must prove. Null: it need not. */
  provenAge: number | null;
  /** The requested strength; null: none. */
  acr: string | null;
}

/** Clocks differ by this much at most. */
const TOLERANCE_SECONDS = 60;

/**
 * Decides how the provider is asked.
 * @param again the person must authenticate now, whatever session the provider has.
 * @param signedOutAt seconds since 1970 of the sign-out that the provider has not confirmed; null without one.
 */
export function askingFor({ prompt }: Pick<OidcConfig, 'prompt'>, again: boolean, signedOutAt: number | null): Asking {
  const { session, stepUp } = config();
  const mustProve = again || prompt === 'login';
  const isAnew = mustProve || signedOutAt !== null;
  const usual = prompt === 'auto' ? session.maxHours * 3600 : null;
  return {
    prompt: promptFor(prompt, again, signedOutAt !== null),
    maxAge: isAnew ? OLDEST_AUTHENTICATION_SECONDS : usual,
    provenAge: mustProve ? OLDEST_AUTHENTICATION_SECONDS : null,
    acr: again ? stepUp.acr : null,
  };
}

/** Some providers refuse every `prompt`, or `login`. `max_age` asks for the same. */
function promptFor(prompt: OidcConfig['prompt'], again: boolean, signedOut: boolean): Asking['prompt'] {
  if (prompt === 'auto') return again || signedOut ? 'login' : 'off';
  return again && prompt !== 'off' ? 'login' : prompt;
}

/**
 * Reports whether the provider used a session from before the sign-out. A provider without `auth_time`, or with 0, cannot
 * tell.
 */
export function isFromBefore(signedOutAt: number | null, authTime: number | null): boolean {
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
