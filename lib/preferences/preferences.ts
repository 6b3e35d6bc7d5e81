import { z } from 'zod';
import { CURRENCIES, LANGUAGES, THEMES } from '@/lib/choices';

const preferences = z.object({
  language: z.enum(LANGUAGES).optional().catch(undefined),
  theme: z.enum(THEMES).optional().catch(undefined),
  currency: z.enum(CURRENCIES).optional().catch(undefined),
});

/** The chosen preferences, stored in a cookie of this browser. */
export type Preferences = z.infer<typeof preferences>;

/** Parses preferences from a form or the cookie's value. Drops unknown values. */
export function parsePreferences(given: FormData | URLSearchParams | string | undefined): Preferences {
  const entries = typeof given === 'string' ? new URLSearchParams(given) : (given ?? new URLSearchParams());
  return preferences.parse(Object.fromEntries(entries));
}

/** Returns the preferences cookie, which stays for a year, signed in or not. */
export function preferencesCookie(secure: boolean, chosen: Preferences) {
  return {
    name: preferencesCookieName(secure),
    value: new URLSearchParams(Object.entries(chosen).filter(([, value]) => value)).toString(),
    maxAge: 365 * 24 * 3600,
    path: '/',
    httpOnly: true,
    sameSite: 'lax',
    secure,
  } as const;
}

export function preferencesCookieName(secure: boolean): string {
  return secure ? '__Host-preferences' : 'preferences';
}
