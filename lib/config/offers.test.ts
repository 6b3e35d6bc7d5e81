import { readFileSync } from 'node:fs';
import { parseEnv } from 'node:util';
import { expect, test } from 'vitest';
import { brand } from '@/lib/brand/brand';
import { LANGUAGES } from '@/lib/choices';
import { filesBelow } from '@/tests/sources';
import { ConfigError, parseConfig } from './config';
import { isNotOffered, type Offers } from './offers';

const sample: Record<string, string> = {
  ...parseEnv(readFileSync('.env.example', 'utf8')),
  ...{ SUPPORT_CONSOLE: 'on', SIGN_IN_LINKS: 'on', MESSAGES: 'on', STATEMENTS: 'on', KUNACORE_WIDGET_TYPE: 'both' },
};
const offersOf = (settings: Record<string, string>) => parseConfig({ ...sample, ...settings }).offers;

function refused(settings: Record<string, string>): string[] {
  try {
    parseConfig({ ...sample, ...settings });
    return [];
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return error.problems.map(({ variable }) => variable);
  }
}

test('each setting turns off one feature', () => {
  const all = offersOf({});
  expect(Object.values(all)).not.toContain(false);
  const settings: [keyof Offers, Record<string, string>][] = [
    ['supportConsole', { SUPPORT_CONSOLE: 'off' }],
    ['signInLinks', { SIGN_IN_LINKS: 'off' }],
    ['messages', { MESSAGES: 'off' }],
    ['statements', { STATEMENTS: 'off' }],
    ['publicWidget', { KUNACORE_WIDGET_TYPE: 'partner' }],
  ];
  expect(settings.map(([name]) => name).sort()).toEqual(Object.keys(all).sort());
  for (const [name, setting] of settings) expect(offersOf(setting)).toEqual({ ...all, [name]: false });
});

test('without a mail server there are neither sign-in links nor messages', () => {
  expect(offersOf({ EMAIL_SERVER: '', EMAIL_FROM: '' })).toMatchObject({ signInLinks: false, messages: false });
});

/** Returns the addresses of the pages and routes below app, without their parameters. */
function addresses(): string[] {
  const files = filesBelow('app').filter((file) => /\/(page\.tsx|route\.ts)$/.test(file));
  return files.map((file) =>
    file.replace(/^app|\/(page\.tsx|route\.ts)$/g, '').replace('[...nextauth]', 'callback/email'),
  );
}

test('a feature that is off takes its pages and routes with it, and no others', () => {
  const offers = offersOf({});
  const goneWithout = (name: keyof Offers) =>
    addresses().filter((path) => isNotOffered({ ...offers, [name]: false }, path || '/'));
  expect(addresses().filter((path) => isNotOffered(offers, path))).toEqual([]);
  // Of these, addresses whose code has been removed are gone anyway.
  const belongs: Record<keyof Offers, RegExp> = {
    supportConsole: /^\/operator/,
    publicWidget: /^\/widget$/,
    messages: /^\/account\/messages$/,
    signInLinks: /^\/(api\/auth\/callback\/email|sign-in\/check-email|sign-in\/link)$/,
    statements: /\/(receipt|statement)(\.pdf)?$/,
  };
  for (const [name, pattern] of Object.entries(belongs) as [keyof Offers, RegExp][])
    expect(goneWithout(name), name).toEqual(addresses().filter((path) => pattern.test(path)));
});

test('without a support console all people are customers, and sample operators may stay', () => {
  const { operators } = parseConfig({ ...sample, SUPPORT_CONSOLE: 'off', OPERATOR_FOUR_EYES: 'on' });
  expect(operators).toMatchObject({ byEmail: new Map(), byGroup: new Map(), claim: null });
});

test('the first language is the default: of LANGUAGES, or of the brand', () => {
  expect(parseConfig(sample).languages).toEqual([brand.language, ...LANGUAGES.filter((one) => one !== brand.language)]);
  const reversed = LANGUAGES.toReversed();
  expect(parseConfig({ ...sample, LANGUAGES: reversed.join(', ') }).languages).toEqual(reversed);
  expect(parseConfig({ ...sample, LANGUAGES: 'en' }).languages).toEqual(['en']);
});

test.each([
  ['a language that nobody has written', { LANGUAGES: 'en,xx' }, ['LANGUAGES']],
  ['a language twice', { LANGUAGES: 'en,en' }, ['LANGUAGES']],
  [
    'a review of details without a support console',
    { SUPPORT_CONSOLE: 'off', KYC_MODE: 'review' },
    ['SUPPORT_CONSOLE'],
  ],
  [
    'no way to sign in',
    { SIGN_IN_LINKS: 'off', OIDC_ISSUER: '', OIDC_CLIENT_ID: '', OIDC_CLIENT_SECRET: '' },
    ['SIGN_IN_LINKS'],
  ],
  ['a word that is neither on nor off', { STATEMENTS: 'yes' }, ['STATEMENTS']],
])('refuses %s', (_name, settings, variables) => {
  expect(refused(settings as Record<string, string>)).toEqual(variables);
});
