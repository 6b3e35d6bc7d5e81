// ASVS 5.0: 1.2.1
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { renderMail } from '@/lib/mail/layout';
import { escapeHtml } from './escape';
import { htmlPage } from './page';

const DANGEROUS = `<>&"'`;
const HARMLESS = '&lt;&gt;&amp;&quot;&#39;';
/** A word that occurs in neither page nor mail. */
const WORD = 'qqwordqq';

test('escapes the five characters of markup and leaves all others unchanged', () => {
  expect(escapeHtml(DANGEROUS)).toBe(HARMLESS);
  expect(escapeHtml('&lt;b&gt;')).toBe('&amp;lt;b&amp;gt;');
  expect(escapeHtml('Олена = 1 + 2; `x` /\n')).toBe('Олена = 1 + 2; `x` /\n');
});

test('returns text without markup that reads the same', () => {
  const characters: Record<string, string> = { '&lt;': '<', '&gt;': '>', '&amp;': '&', '&quot;': '"', '&#39;': "'" };
  const read = (html: string) => html.replace(/&(?:lt|gt|amp|quot|#39);/g, (entity) => characters[entity] ?? '');
  const text = fc.string({ unit: fc.constantFrom(...DANGEROUS, ...'amplt;#39 x') });
  fc.assert(
    fc.property(text, (input) => !/[<>"']/.test(escapeHtml(input)) && read(escapeHtml(input)) === input),
    { numRuns: 1000 },
  );
});

/** Returns a page with the same word in every field. */
function pageOf(word: string): Promise<string> {
  const link = { label: word, href: word };
  return htmlPage({
    lang: word,
    title: word,
    text: word,
    reference: { text: word, number: word },
    link,
    refresh: { seconds: 5, href: word },
    retry: { seconds: 5, by: 'ask' },
  }).text();
}

test('an HTML page escapes every field', async () => {
  const plain = await pageOf(WORD);
  expect(plain.split(WORD)).toHaveLength(9);
  expect(await pageOf(DANGEROUS)).toBe(plain.replaceAll(WORD, HARMLESS));
});

/** Returns a mail with the same word in every field. */
function mailOf(word: string): { html: string; text: string } {
  const action = { label: word, url: word };
  return renderMail({ lang: word, heading: word, paragraphs: [word, word], action, footer: word });
}

test('a mail escapes every field in its HTML part, and none in its text part', () => {
  const plain = mailOf(WORD);
  expect(plain.html.split(WORD)).toHaveLength(9);
  expect(mailOf(DANGEROUS).html).toBe(plain.html.replaceAll(WORD, HARMLESS));
  expect(mailOf(DANGEROUS).text).toBe(plain.text.replaceAll(WORD, DANGEROUS));
});
