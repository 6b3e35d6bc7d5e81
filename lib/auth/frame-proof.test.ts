import { expect, test } from 'vitest';
import { pressedCookie, pressedCookieName, sessionCookieName, toSetCookie } from './cookies';
import { frameProof, hasFrameProof } from './frame-proof';

const jarOf = (values: Record<string, string>) => ({
  get: (name: string) => (name in values ? { value: values[name] ?? '' } : undefined),
});
const session = sessionCookieName(true);
const proof = pressedCookieName(true);

test('a proof counts for its own session only, and never for none [T2]', () => {
  const has = (values: Record<string, string>) => hasFrameProof(jarOf(values), true);
  expect(has({ [session]: 'a', [proof]: frameProof('a') })).toBe(true);
  expect(has({ [session]: 'b', [proof]: frameProof('a') })).toBe(false);
  expect(has({ [session]: 'a', [proof]: 'yes' })).toBe(false);
  expect(has({ [session]: 'a' })).toBe(false);
  expect(has({ [proof]: frameProof('') })).toBe(false);
});

test('the proof is not the stored hash of the session, and reveals no session', () => {
  expect(frameProof('a')).toMatch(/^[\da-f]{64}$/);
  expect(frameProof('a')).not.toBe(frameProof('b'));
});

test('the cookie of a page is that of "Buy crypto"', () => {
  expect(toSetCookie(pressedCookie(true, 'x'))).toBe(
    '__Host-buy-pressed=x; Path=/; Max-Age=60; HttpOnly; SameSite=Strict; Secure',
  );
  expect(toSetCookie(pressedCookie(false, 'x'))).toBe('buy-pressed=x; Path=/; Max-Age=60; HttpOnly; SameSite=Strict');
});
