import 'server-only';
import Negotiator from 'negotiator';
import { headers } from 'next/headers';
import { peekSession } from '@/lib/auth/session';
import { brand } from '@/lib/brand/brand';
import { LANGUAGES, type Language } from '@/lib/choices';
import { DatabaseUnavailable } from '@/lib/db/unavailable';
import { browserPreferences } from '@/lib/preferences/current';

/** The language of this request: the account's, else this browser's choice, else what it asks for. */
export async function requestLanguage(): Promise<Language> {
  return (await accountLanguage()) ?? (await browserPreferences()).language ?? (await acceptedLanguage());
}

/** What the person chose in their account, on any device. */
async function accountLanguage(): Promise<Language | undefined> {
  try {
    return toLanguage((await peekSession())?.language);
  } catch (error) {
    // The page that says so must be readable all the same.
    if (error instanceof DatabaseUnavailable) return undefined;
    throw error;
  }
}

/** Accept-Language (RFC 9110 12.5.4). */
async function acceptedLanguage(): Promise<Language> {
  const header = (await headers()).get('accept-language') ?? '';
  const [best] = new Negotiator({ headers: { 'accept-language': header } }).languages([brand.language, ...LANGUAGES]);
  return toLanguage(best) ?? brand.language;
}

/** A stored word → a language that we have. */
export function toLanguage(value: string | null | undefined): Language | undefined {
  return LANGUAGES.find((language) => language === value);
}
