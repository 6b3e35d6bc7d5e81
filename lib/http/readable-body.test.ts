// ASVS 5.0: 1.5.2
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { fuzzRuns } from '@/tests/fuzz';
import { isReadableBody } from './readable-body';

const post = (body: BodyInit, headers: Record<string, string> = {}) =>
  isReadableBody(new Request('http://localhost/account', { method: 'POST', body, headers }));
const form = new FormData();
form.set('0', '["$F1"]');

test.each<[string, BodyInit, Record<string, string>]>([
  ['a form', form, {}],
  ['a form of an action', form, { 'next-action': 'a'.repeat(42) }],
  ['a plain form', new URLSearchParams({ where: 'everywhere' }), {}],
  ['arguments of an action', '[', { 'content-type': 'text/plain;charset=UTF-8' }],
  ['JSON', '[]', { 'content-type': 'application/json' }],
  ['nothing', new Uint8Array(), {}],
])('accepts %s', async (_name, body, headers) => {
  expect(await post(body, headers)).toBe(true);
});

test.each<[string, BodyInit, Record<string, string>]>([
  ['a form without its boundary', 'garbage', { 'content-type': 'multipart/form-data; boundary=x' }],
  ['a form without a boundary at all', 'garbage', { 'content-type': 'Multipart/Form-Data' }],
  ['a form that ends early', '--x\r\nContent-Dispo', { 'content-type': 'multipart/form-data; boundary=x' }],
  ['damaged JSON', '{', { 'content-type': 'application/json' }],
  ['damaged JSON of another kind', '{', { 'content-type': 'application/reports+json' }],
])('rejects %s', async (_name, body, headers) => {
  expect(await post(body, headers)).toBe(false);
});

test('never throws for any body [T32]', async () => {
  const type = fc.constantFrom('text/plain', 'application/json', 'multipart/form-data; boundary=x', 'a/b', '');
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ maxLength: 300 }), type, async (body, kind) => {
      const headers: Record<string, string> = kind ? { 'content-type': kind } : {};
      return typeof (await post(body as Uint8Array<ArrayBuffer>, headers)) === 'boolean';
    }),
    fuzzRuns(2000),
  );
});
