import 'server-only';
import { cookies } from 'next/headers';
import { decode, encode } from 'next-auth/jwt';
import { z } from 'zod';
import { attemptCookie, attemptCookies } from '@/lib/auth/cookies';
import { config } from '@/lib/config/config';
import type { Checks } from './oidc-client';

// Each sign-in at the identity provider has a cookie of its own, named after its state. So several tabs do not disturb
// each other, and each attempt remembers where it was going.

/** A sign-in that has left for the identity provider. */
export interface Attempt extends Checks {
  /** The path of the portal to open afterwards. */
  callbackPath: string;
  /** Seconds since 1970 of a sign-out in this browser that the provider has not confirmed (ask-again.ts). */
  signedOutAt: number | null;
}

const stored = z.object({
  state: z.string(),
  nonce: z.string(),
  codeVerifier: z.string(),
  maxAge: z.number().nullable(),
  callbackPath: z.string(),
  signedOutAt: z.number().nullable(),
});

/** Limits the open attempts of a browser, because every request carries their cookies. The oldest are forgotten. */
const MOST = 5;
const SECONDS = 15 * 60;

/** Keeps an attempt in this browser, encrypted. */
export async function keepAttempt(attempt: Attempt): Promise<void> {
  const { secret, secure } = config();
  const jar = await cookies();
  const open = attemptCookies(jar.getAll(), secure);
  for (const name of open.slice(0, Math.max(0, open.length - MOST + 1))) jar.set(attemptCookie(secure, name, '', 0));
  const name = nameOf(attempt.state, Date.now());
  const value = await encode({ token: { ...attempt }, secret, salt: name, maxAge: SECONDS });
  jar.set(attemptCookie(secure, name, value, SECONDS));
}

/** Returns the attempt of a response's `state`, or null when this browser has none. */
export async function findAttempt(state: string | null): Promise<Attempt | null> {
  const { secret, secure } = config();
  if (!state) return null;
  const jar = await cookies();
  for (const name of namesOf(jar.getAll(), state, secure)) {
    const token = jar.getAll().find((cookie) => cookie.name === attemptCookie(secure, name, '', 0).name)?.value;
    const opened = await decode({ token, secret, salt: name }).catch(() => null);
    const { data } = stored.safeParse(opened);
    if (data?.state === state) return data;
  }
  return null;
}

/** Forgets an attempt: it has signed the person in, or the provider has refused it. */
export async function forgetAttempt({ state }: Attempt): Promise<void> {
  const { secure } = config();
  const jar = await cookies();
  for (const name of namesOf(jar.getAll(), state, secure)) jar.set(attemptCookie(secure, name, '', 0));
}

/** Names sort by time. The state's beginning only finds the cookie; the whole state is inside. */
function nameOf(state: string, now: number): string {
  return `${now.toString(36)}-${state.slice(0, 8)}`;
}

function namesOf(all: { name: string }[], state: string, secure: boolean): string[] {
  return attemptCookies(all, secure).filter((name) => name.endsWith(`-${state.slice(0, 8)}`));
}
