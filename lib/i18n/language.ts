import 'server-only';
import Negotiator from 'negotiator';
import { headers } from 'next/headers';
import { peekSession } from '@/lib/auth/session';
import type { Language } from '@/lib/choices';
import { config } from '@/lib/config/config';
import { defaultLanguage, toLanguage } from '@/lib/config/language';
import { DatabaseUnavailable } from '@/lib/db/unavailable';
import { browserPreferences } from '@/lib/preferences/current';

/** Returns the language of this request: of the account, else of this browser's preferences, else of its headers. */
export async function requestLanguage(): Promise<Language> {
  return (await accountLanguage()) ?? toLanguage((await browserPreferences()).language) ?? (await acceptedLanguage());
}

/** Returns the language chosen in the account. */
async function accountLanguage(): Promise<Language | undefined> {
  try {
    return toLanguage((await peekSession())?.language);
  } catch (error) {
    // The error page needs a language too.
    if (error instanceof DatabaseUnavailable) return undefined;
    throw error;
  }
}

/** Returns the best match for Accept-Language (RFC 9110 12.5.4). */
async function acceptedLanguage(): Promise<Language> {
  const header = (await headers()).get('accept-language') ?? '';
  const [best] = new Negotiator({ headers: { 'accept-language': header } }).languages([...config().languages]);
  return toLanguage(best) ?? defaultLanguage();
}
