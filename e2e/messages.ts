// The portal's messages in each of its languages, read from its message files.
import { readFileSync } from 'node:fs';

export const LANGUAGES = ['en', 'uk'] as const;
export type Language = (typeof LANGUAGES)[number];
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
