// The portal's messages in each of its languages, read from its message files.
import { readdirSync, readFileSync } from 'node:fs';

/** The codes of the portal's languages. */
export const LANGUAGES = readdirSync('lib/messages')
  .filter((name) => name.endsWith('.json'))
  .map((name) => name.replace('.json', ''))
  .sort();
export type Language = string;
/** A language besides English, or English where it is the only one. */
export const OTHER = LANGUAGES.at(-1) ?? 'en';

/** Returns a language's own name, as the portal's footer shows it. */
export function nameOf(language: Language): string {
  const name = new Intl.DisplayNames([language], { type: 'language' }).of(language) ?? '';
  return name.charAt(0).toLocaleUpperCase(language) + name.slice(1);
}

export type Say = (key: string, placeholders?: Record<string, string>) => string;

/** Returns a function that fills in a message's placeholders. It throws for an unknown message. */
export function saying(language: Language): Say {
  const messages = JSON.parse(readFileSync(`lib/messages/${language}.json`, 'utf8'));
  return (key, placeholders = {}) => {
    const text = key.split('.').reduce((tree, name) => tree?.[name], messages);
    if (typeof text !== 'string') throw new Error(`no message ${key} in ${language}`);
    return Object.entries(placeholders).reduce((said, [name, value]) => said.replaceAll(`{${name}}`, value), text);
  };
}

export const english = saying('en');
