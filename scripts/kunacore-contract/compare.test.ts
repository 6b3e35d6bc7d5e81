import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import type { Contract } from '@/lib/kunacore/contract';
import { parseArguments, UsageError } from './arguments';
import { compare, keepKnown } from './compare';
import { isSandbox, mayWrite } from './confirm';
import { QUESTIONS } from './questions';
import { isAccepted, type Screen, toFeatures } from './screens';

const FIND = '/v2/customer/find';
const before: Contract = {
  version: 1,
  host: 'api.example',
  checkedAt: '2026-01-02T03:04:05.678Z',
  mode: 'write',
  answers: {
    duplicateEmail: { answer: 409, evidence: '' },
    findShape: { answer: 'array', evidence: '' },
    nullKeys: { answer: ['comment'], evidence: '' },
  },
  endpoints: { [FIND]: { statuses: [201], shape: { $: ['object'], data: ['array'], 'data[]': ['object'] } } },
};
const readOnly: Contract = {
  ...before,
  mode: 'read-only',
  answers: {
    duplicateEmail: { answer: null, evidence: 'needs --write' },
    findShape: { answer: 'wrapped', evidence: '' },
    nullKeys: { answer: ['phoneNumber'], evidence: '' },
  },
  endpoints: { [FIND]: { statuses: [200], shape: { $: ['object'], data: ['object'] } } },
};

test('a read-only run keeps what test customers showed, and names what has changed', () => {
  const kept = keepKnown(before, readOnly);
  expect(kept).toMatchObject({
    mode: 'write',
    answers: { duplicateEmail: { answer: 409 }, nullKeys: { answer: ['comment', 'phoneNumber'] } },
  });
  expect(compare(before, readOnly)).toEqual([
    'findShape: array → wrapped',
    `${FIND}: 201 → 200`,
    `${FIND}: data (type)`,
  ]);
});

test('the file of another host is neither kept nor compared', () => {
  const other = { ...readOnly, host: 'other.example' };
  expect(keepKnown(before, other)).toEqual(other);
  expect(compare(before, other)).toEqual([]);
});

test.each([
  ['127.0.0.1:4010', false, false, '', true],
  ['localhost:4010', false, false, '', true],
  ['api.kuna.example', false, false, '', false],
  ['api.kuna.example', true, false, '', true],
  ['api.kuna.example', false, true, 'api.kuna.example', true],
  ['api.kuna.example', false, true, 'y', false],
  ['127.0.0.1.evil.example', false, false, '', false],
])('writing to %s with --yes %s, a terminal %s and the answer "%s": %s', async (host, yes, isTTY, typed, allowed) => {
  const questions: string[] = [];
  const ask = async (question: string) => {
    questions.push(question);
    return typed;
  };
  expect(await mayWrite(host, yes, { isTTY, ask })).toBe(allowed);
  expect(questions.every((question) => question.includes(host))).toBe(true);
  expect(isSandbox(host)).toBe(/^(127\.0\.0\.1|localhost):/.test(host));
});

test('reads the command line, and refuses an answer to a question that does not exist', () => {
  expect(parseArguments(['--write', '--answer', 'paymentPage=pop-up', '--browser', 'off'])).toMatchObject({
    write: true,
    yes: false,
    mailDomain: 'example.com',
    browser: false,
    given: { paymentPage: 'pop-up' },
  });
  expect(() => parseArguments(['--answer', 'colour=red'])).toThrow(UsageError);
});

test('docs/kunacore-contract.md explains every question', () => {
  const page = readFileSync('docs/kunacore-contract.md', 'utf8');
  const rows = [...page.matchAll(/^\| (`.*?) \|/gm)].map(([, names = '']) => names);
  const explained = rows.flatMap((names) => [...names.matchAll(/`(\w+)`/g)].map(([, name]) => name));
  expect(explained).toEqual(expect.arrayContaining(Object.keys(QUESTIONS)));
});

const screen = (text: string, status = 200): Screen => ({
  status,
  headers: {},
  features: toFeatures({ text, controls: [], requests: [] }),
});
const accepted = screen('KUNA\nYour balance\n0.5 BTC\nBuy');
const refused = [screen('KUNA\nSomething is wrong\nReload')];

test.each<[string, Screen, boolean | null]>([
  ['the wallet with another balance', screen('KUNA\nYour balance\n1.25 BTC\nBuy'), true],
  ['another refusal', screen('KUNA\nSomething is wrong\nYour session ended\nReload'), false],
  ['a page like neither', screen('Maintenance'), null],
])('judges %s by its likeness to both examples', (_, seen, expected) => {
  expect(isAccepted(seen, { accepted, refused }).accepted).toBe(expected);
});

test('cannot tell anything when a good and an invented token show the same', () => {
  expect(isAccepted(accepted, { accepted, refused: [accepted] })).toEqual({
    accepted: null,
    evidence: 'a fresh and an invented token show the same page',
  });
});
