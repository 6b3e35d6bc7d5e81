// ASVS 5.0: 11.2.2 11.3.3
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { fuzzRuns } from '@/tests/fuzz';
import { createKeyring, SealError } from './keyring';

const key = (kid: string, byte: number) => ({ kid, key: Buffer.alloc(32, byte) });
const keyring = createKeyring([key('new', 1), key('old', 2)]);

test('any text comes back', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), (text) => keyring.open(keyring.seal(text, 'a'), 'a') === text),
    fuzzRuns(100),
  );
});

test('what an older key sealed still opens; the first key writes', () => {
  const sealed = createKeyring([key('old', 2)]).seal('text', 'a');
  expect(keyring.open(sealed, 'a')).toBe('text');
  expect(keyring.seal('text', 'a')).toMatch(/^v1\.new\./);
});

test('the same text is never sealed the same', () => {
  expect(keyring.seal('text', 'a')).not.toBe(keyring.seal('text', 'a'));
});

test('a value moved to another place does not open [T36]', () => {
  expect(() => keyring.open(keyring.seal('text', 'details.lastName.1'), 'details.lastName.2')).toThrow(SealError);
});

test('a changed value does not open', () => {
  const parts = keyring.seal('some text', 'a').split('.');
  parts[3] = Buffer.from('other text').toString('base64url');
  expect(() => keyring.open(parts.join('.'), 'a')).toThrow(SealError);
});

test.each(['', 'v1', 'v2.new.a.b.c', 'v1.gone.AAAA.AAAA.AAAA', 'v1.new.AAAA.AAAA.AAAA'])(
  '%j is not a sealed value',
  (text) => {
    expect(() => keyring.open(text, 'a')).toThrow(SealError);
  },
);
