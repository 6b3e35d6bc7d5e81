import { readFileSync } from 'node:fs';

export type Language = 'en' | 'uk';

/** Ukrainian texts by the English ones. `#` stands for a number. */
const ukrainian: Record<string, string> = JSON.parse(readFileSync(new URL('uk.json', import.meta.url), 'utf8'));

/** Matches a text between tags, and an attribute that people read. */
const READABLE = /(>|(?:placeholder|aria-label)=")([^<>"]+)(?=[<"])/g;

/** Returns a page in a language. Translates texts that stand alone between tags, templates included. */
export function inLanguage(language: Language, html: string, words = ukrainian): string {
  if (language === 'en') return html;
  const translated = html.replace(READABLE, (all, before, text) => {
    const found = translate(text.trim(), words);
    return found ? before + text.replace(text.trim(), () => found) : all;
  });
  return translated.replace('<html lang="en">', '<html lang="uk">');
}

/** Returns the element from which the page's script translates (public/step.js). */
export function wordsFor(language: Language): string {
  if (language === 'en') return '';
  return `<script type="application/json" id="words">${JSON.stringify(ukrainian).replaceAll('<', '\\u003c')}</script>`;
}

function translate(text: string, words: Record<string, string>): string | undefined {
  const numbers = text.match(/\d+/g) ?? [];
  return words[text.replace(/\d+/g, '#')]?.replace(/#/g, () => numbers.shift() ?? '');
}
