// ASVS 5.0: 1.2.1
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { renderMail } from '@/lib/mail/layout';
import { escapeHtml } from './escape';
import { htmlPage } from './page';

const DANGEROUS = `<>&"'`;
const HARMLESS = '&lt;&gt;&amp;&quot;&#39;';
/** A word that neither page nor mail has. */
const WORD = 'qqwordqq';

test('the five characters of markup become text, everything else stays', () => {
  expect(escapeHtml(DANGEROUS)).toBe(HARMLESS);
  expect(escapeHtml('&lt;b&gt;')).toBe('&amp;lt;b&amp;gt;');
  expect(escapeHtml('Олена = 1 + 2; `x` /\n')).toBe('Олена = 1 + 2; `x` /\n');
});

test('escaped text holds no markup, and says what it said before', () => {
  const characters: Record<string, string> = { '&lt;': '<', '&gt;': '>', '&amp;': '&', '&quot;': '"', '&#39;': "'" };
  const read = (html: string) => html.replace(/&(?:lt|gt|amp|quot|#39);/g, (entity) => characters[entity] ?? '');
  const text = fc.string({ unit: fc.constantFrom(...DANGEROUS, ...'amplt;#39 x') });
  fc.assert(
    fc.property(text, (said) => !/[<>"']/.test(escapeHtml(said)) && read(escapeHtml(said)) === said),
    { numRuns: 1000 },
  );
});

/** A page that says the same everywhere it can. */
function pageOf(word: string): Promise<string> {
  const link = { label: word, href: word };
  return htmlPage({
    lang: word,
    title: word,
    text: word,
    reference: word,
    link,
    refresh: { seconds: 5, href: word },
    retry: { seconds: 5, by: 'ask' },
  }).text();
}

test('a plain page holds whatever it is given as text', async () => {
  const plain = await pageOf(WORD);
  expect(plain.split(WORD)).toHaveLength(9);
  expect(await pageOf(DANGEROUS)).toBe(plain.replaceAll(WORD, HARMLESS));
});

/** A mail that says the same everywhere it can. */
function mailOf(word: string): { html: string; text: string } {
  const action = { label: word, url: word };
  return renderMail({ lang: word, heading: word, paragraphs: [word, word], action, footer: word });
}

test('a mail holds whatever it is given as text, and in its plain part as it is', () => {
  const plain = mailOf(WORD);
  expect(plain.html.split(WORD)).toHaveLength(9);
  expect(mailOf(DANGEROUS).html).toBe(plain.html.replaceAll(WORD, HARMLESS));
  expect(mailOf(DANGEROUS).text).toBe(plain.text.replaceAll(WORD, DANGEROUS));
});
