// ASVS 5.0: 11.2.2 11.3.3
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { fuzzRuns } from '@/tests/fuzz';
import { createKeyring, SealError } from './keyring';

const key = (kid: string, byte: number) => ({ kid, key: Buffer.alloc(32, byte) });
const keyring = createKeyring([key('new', 1), key('old', 2)]);

test('opens any text that it sealed', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), (text) => keyring.open(keyring.seal(text, 'a'), 'a') === text),
    fuzzRuns(100),
  );
});

test('opens values of an older key, and seals with the first key', () => {
  const sealed = createKeyring([key('old', 2)]).seal('text', 'a');
  expect(keyring.open(sealed, 'a')).toBe('text');
  expect(keyring.seal('text', 'a')).toMatch(/^v1\.new\./);
});

test('seals the same text differently each time', () => {
  expect(keyring.seal('text', 'a')).not.toBe(keyring.seal('text', 'a'));
});

test('does not open a value with other associated data [T36]', () => {
  expect(() => keyring.open(keyring.seal('text', 'details.lastName.1'), 'details.lastName.2')).toThrow(SealError);
});

test('does not open a changed value', () => {
  const parts = keyring.seal('some text', 'a').split('.');
  parts[3] = Buffer.from('other text').toString('base64url');
  expect(() => keyring.open(parts.join('.'), 'a')).toThrow(SealError);
});

test.each(['', 'v1', 'v2.new.a.b.c', 'v1.gone.AAAA.AAAA.AAAA', 'v1.new.AAAA.AAAA.AAAA'])(
  'rejects %j as a sealed value',
  (text) => {
    expect(() => keyring.open(text, 'a')).toThrow(SealError);
  },
);
