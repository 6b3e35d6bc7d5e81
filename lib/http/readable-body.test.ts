import fc from 'fast-check';
import { expect, test } from 'vitest';
import { fuzzRuns } from '../testing/fuzz';
import { isReadableBody } from './readable-body';

const post = (body: BodyInit, headers: Record<string, string> = {}) =>
  isReadableBody(new Request('http://localhost/account', { method: 'POST', body, headers }));
const action = { 'next-action': 'a'.repeat(42) };
const form = (fields: Record<string, string>) => {
  const data = new FormData();
  for (const [name, value] of Object.entries(fields)) data.set(name, value);
  return data;
};
const text = { 'content-type': 'text/plain;charset=UTF-8' };

test('what the portal’s own forms send', async () => {
  expect(
    await post(
      form({
        0: '[{"values":{"firstName":"$$5","x":"$undefined"}},"$K1"]',
        _1_firstName: 'Olena',
        _1_$ACTION_REF_1: '',
      }),
      action,
    ),
  ).toBe(true);
  expect(await post(form({ 0: '["$K1"]' }), action)).toBe(true);
  expect(await post('[]', { ...action, ...text })).toBe(true);
  const withoutScript = {
    $ACTION_REF_1: '',
    '$ACTION_1:0': '{"id":"6a","bound":"$@1"}',
    '$ACTION_1:1': '[{}]',
    $ACTION_KEY: 'k1',
    email: '$x',
  };
  expect(await post(form(withoutScript))).toBe(true);
  expect(await post(form({ $ACTION_ID_6a: '' }))).toBe(true);
  expect(await post(new URLSearchParams({ where: 'everywhere' }))).toBe(true);
  expect(await post(new Uint8Array())).toBe(true);
});

test.each<[string, BodyInit, Record<string, string>]>([
  ['no JSON', 'not json', { ...action, ...text }],
  ['not a list', '{"a":1}', { ...action, ...text }],
  ['a reference into the list', '["$1:__proto__"]', { ...action, ...text }],
  ['a server reference', '["$F1"]', { ...action, ...text }],
  ['a stream', '["$R1"]', { ...action, ...text }],
  ['a big number', '["$n99999999"]', { ...action, ...text }],
  ['a prototype', '[{"__proto__":{"a":1}}]', { ...action, ...text }],
  ['depth', `${'['.repeat(60)}${']'.repeat(60)}`, { ...action, ...text }],
  ['a form that is none', 'garbage', { ...action, 'content-type': 'multipart/form-data; boundary=x' }],
  ['an action as a plain form', 'a=b', { ...action, 'content-type': 'application/x-www-form-urlencoded' }],
  ['a damaged form', 'garbage', { 'content-type': 'multipart/form-data; boundary=x' }],
  ['damaged JSON', '{', { 'content-type': 'application/json' }],
])('refused: %s', async (_name, body, headers) => {
  expect(await post(body, headers)).toBe(false);
});

test('an action without its arguments, or with parts that no form has', async () => {
  expect(await post(form({ a: 'b' }), action)).toBe(false);
  expect(await post(form({ 0: '["$K1"]', $then: 'x' }), action)).toBe(false);
  expect(await post(form({ '$ACTION_1:0': 'not json' }))).toBe(false);
  expect(await post(form({ $ACTION_EVIL: '' }))).toBe(false);
});

test('whatever is sent: an answer, not an error', async () => {
  const type = fc.constantFrom('text/plain', 'application/json', 'multipart/form-data; boundary=x', 'a/b', '');
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ maxLength: 300 }), type, fc.boolean(), async (body, kind, isAction) => {
      const headers = { ...(isAction ? action : {}), ...(kind ? { 'content-type': kind } : {}) };
      return typeof (await post(body as Uint8Array<ArrayBuffer>, headers)) === 'boolean';
    }),
    fuzzRuns(2000),
  );
});
