// The message files: complete in every language, nothing unused, plural forms as each language needs them.
import { readFileSync } from 'node:fs';
import { type MessageFormatElement, parse, TYPE } from '@formatjs/icu-messageformat-parser';
import { describe, expect, test } from 'vitest';
import { LANGUAGES } from '@/lib/choices';
import { productionSources } from '@/tests/sources';
import { messageUse } from '@/tests/used-messages';

type Messages = Map<string, string>;

const messages = new Map(LANGUAGES.map((language) => [language, read(language)]));
const english = messages.get('en') as Messages;

describe.each(LANGUAGES)('%s', (language) => {
  const own = messages.get(language) as Messages;

  test('has the same keys as English', () => {
    expect([...own.keys()].sort()).toEqual([...english.keys()].sort());
  });

  test('is filled in, and reads with the same placeholders and choices as English', () => {
    const different = [...own].filter(
      ([key, text]) =>
        text.trim() === '' || String(placeholders(text)) !== String(placeholders(english.get(key) ?? '')),
    );
    expect(different).toEqual([]);
  });

  test('has the curly apostrophe and quotation marks of a book, never those of a typewriter', () => {
    expect([...own].filter(([, text]) => /['"`]/.test(text))).toEqual([]);
  });

  test('has every plural form of the language wherever it counts', () => {
    const needed = new Intl.PluralRules(language).resolvedOptions().pluralCategories.toSorted();
    const incomplete = [...own].flatMap(([key, text]) =>
      pluralForms(text)
        .filter((forms) => String(forms.toSorted()) !== String(needed))
        .map((forms) => `${key}: ${forms}`),
    );
    expect(incomplete).toEqual([]);
  });
});

test('every message is used somewhere', () => {
  const isUsed = messageUse();
  expect([...english.keys()].filter((key) => !isUsed(key))).toEqual([]);
});

test('no sentence for a person stands in the code of a page or a component', () => {
  // Text between tags. A missing key of the message files is a type error (types.d.ts).
  const inCode = [...productionSources()]
    .filter(([path]) => path.endsWith('.tsx') && path !== 'app/global-error.tsx')
    .flatMap(([path, code]) =>
      (code.match(/^\s*[A-Z][a-z]+( [a-z]+)+[.!?]?$/gm) ?? []).map((text) => `${path}: ${text.trim()}`),
    );
  expect(inCode).toEqual([]);
});

function read(language: string): Messages {
  return flatten(JSON.parse(readFileSync(`lib/messages/${language}.json`, 'utf8')));
}

function flatten(tree: object, prefix = ''): Messages {
  return new Map(
    Object.entries(tree).flatMap(([name, value]) =>
      typeof value === 'string' ? [[prefix + name, value] as const] : [...flatten(value, `${prefix + name}.`)],
    ),
  );
}

function elementsOf(elements: MessageFormatElement[]): MessageFormatElement[] {
  return elements.flatMap((element) =>
    'options' in element
      ? [element, ...Object.values(element.options).flatMap(({ value }) => elementsOf(value))]
      : [element],
  );
}

function placeholders(text: string): string[] {
  const named = elementsOf(parse(text)).filter(({ type }) => type !== TYPE.literal && type !== TYPE.pound);
  const choices = named.flatMap((one) => (one.type === TYPE.select ? Object.keys(one.options) : []));
  return [...new Set([...named.map((one) => ('value' in one ? String(one.value) : '')), ...choices])].sort();
}

function pluralForms(text: string): string[][] {
  return elementsOf(parse(text)).flatMap((element) =>
    element.type === TYPE.plural ? [Object.keys(element.options).filter((form) => !form.startsWith('='))] : [],
  );
}
