import { z } from 'zod';
import { CURRENCIES, LANGUAGES, THEMES } from '@/lib/choices';

const preferences = z.object({
  language: z.enum(LANGUAGES).optional().catch(undefined),
  theme: z.enum(THEMES).optional().catch(undefined),
  currency: z.enum(CURRENCIES).optional().catch(undefined),
});

/** How somebody wants to see the portal; what they did not choose is not there. Kept in a cookie of this browser. */
export type Preferences = z.infer<typeof preferences>;

/** A form, or the cookie's value, → preferences. What is unknown is left out. */
export function parsePreferences(given: FormData | URLSearchParams | string | undefined): Preferences {
  const entries = typeof given === 'string' ? new URLSearchParams(given) : (given ?? new URLSearchParams());
  return preferences.parse(Object.fromEntries(entries));
}

/** That cookie: no secret, no script needs it, and it stays for a year, signed in or not. */
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
