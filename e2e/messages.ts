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
  const messages = readMessages(language);
  return (key, placeholders = {}) => {
    const text = find(messages, key);
    if (text === null) throw new Error(`no message ${key} in ${language}`);
    return Object.entries(placeholders).reduce((said, [name, value]) => said.replaceAll(`{${name}}`, value), text);
  };
}

export const english = saying('en');

/** Returns the English texts of messages, without those that were removed together with their feature. */
export function remainingTexts(keys: string[]): string[] {
  const messages = readMessages('en');
  return keys.map((key) => find(messages, key)).filter((text) => text !== null);
}

type Messages = { [name: string]: Messages | string };

function readMessages(language: Language): Messages {
  return JSON.parse(readFileSync(`lib/messages/${language}.json`, 'utf8')) as Messages;
}

function find(messages: Messages, key: string): string | null {
  const found = key
    .split('.')
    .reduce<Messages | string | undefined>(
      (tree, name) => (typeof tree === 'object' ? tree[name] : undefined),
      messages,
    );
  return typeof found === 'string' ? found : null;
}
