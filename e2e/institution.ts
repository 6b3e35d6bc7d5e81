// What the tests know of the institution: its brand file and the sample settings. Read as texts, because the tests import
// nothing of the portal, so that a change of either turns no test red.
import { readFileSync } from 'node:fs';
import { parseEnv } from 'node:util';

export interface Institution {
  name: string;
  supportEmail: string;
  timeZone: string;
  currency: string;
  /** The language of visitors whose browser accepts none of the portal's. */
  language: string;
}

/** Returns the institution of a brand file. Throws for a value that is not a plain text there. */
export function institutionOf(file = 'lib/brand/brand.ts'): Institution {
  const source = readFileSync(file, 'utf8');
  const read = (name: string) => {
    const value = source.match(new RegExp(`\\b${name}: (?:'([^']+)'|"([^"]+)")`));
    if (!value) throw new Error(`${file} has no plain text for ${name}`);
    return value[1] ?? value[2] ?? '';
  };
  return {
    name: read('name'),
    supportEmail: read('email'),
    timeZone: read('timeZone'),
    currency: read('currency'),
    language: read('language'),
  };
}

export const institution = institutionOf();

/** The identity provider's name on the button that leads to it. */
export const providerName = parseEnv(readFileSync('.env.example', 'utf8')).OIDC_NAME ?? '';
