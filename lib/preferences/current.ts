import 'server-only';
import { cookies } from 'next/headers';
import { config } from '@/lib/config/config';
import { type Preferences, parsePreferences, preferencesCookieName } from './preferences';

/** What this browser chose. */
export async function browserPreferences(): Promise<Preferences> {
  return parsePreferences((await cookies()).get(preferencesCookieName(config().secure))?.value);
}

/** `data-theme` of the html element; nothing while the system decides. */
export async function chosenTheme(): Promise<'light' | 'dark' | undefined> {
  const { theme } = await browserPreferences();
  return theme === 'system' ? undefined : theme;
}
