import 'server-only';
import { cookies } from 'next/headers';
import { config } from '@/lib/config/config';
import { type Preferences, parsePreferences, preferencesCookieName } from './preferences';

/** Returns the preferences of this browser. */
export async function browserPreferences(): Promise<Preferences> {
  return parsePreferences((await cookies()).get(preferencesCookieName(config().secure))?.value);
}

/** Returns the value of `data-theme` for the html element, or undefined while the system decides. */
export async function chosenTheme(): Promise<'light' | 'dark' | undefined> {
  const { theme } = await browserPreferences();
  return theme === 'system' ? undefined : theme;
}
