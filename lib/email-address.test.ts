import fc from 'fast-check';
import { expect, test } from 'vitest';
import { shortAddress } from './email-address';

test('shows a short address whole, and a long one without its middle', () => {
  expect(shortAddress('olena.kovalenko@example.com')).toBe('olena.kovalenko@example.com');
  expect(shortAddress(`${'a'.repeat(64)}@example.com`, 20)).toBe('aaaaaaaaa…xample.com');
});

test('is never longer than its bound, and keeps both ends', () => {
  fc.assert(
    fc.property(fc.emailAddress(), fc.integer({ min: 8, max: 60 }), (address, most) => {
      const short = shortAddress(address, most);
      expect([...short].length).toBeLessThanOrEqual(most);
      expect(address.startsWith(short.split('…')[0] ?? '')).toBe(true);
      expect(address.endsWith(short.split('…').at(-1) ?? '')).toBe(true);
    }),
  );
});
