import { domainToUnicode } from 'node:url';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { fuzzRuns } from '@/tests/fuzz';
import { atOwnOrigin, isOtherOrigin, isOwnHost } from './own-host';

/** Returns text as Node decodes a header: one character per byte. */
const bytes = (text: string) => Buffer.from(text, 'utf8').toString('latin1');

/** Hosts with several labels, international names and addresses. */
const host = fc.oneof(
  fc.domain(),
  fc.constantFrom(
    'xn--80a1acny.xn--j1amh',
    'xn--mnchen-3ya.example',
    'localhost',
    '127.0.0.1',
    '[::1]',
    '[2001:db8::1]',
  ),
  fc.ipV4(),
  fc.ipV6().map((address) => `[${address}]`),
);
const origin = fc
  .tuple(fc.constantFrom('http:', 'https:'), host, fc.constantFrom('', ':80', ':443', ':3000', ':8443'))
  .map(([scheme, name, port]) => `${scheme}//${name}${port}`)
  .filter((text) => URL.canParse(text))
  .map((text) => new URL(text).origin);

const shout = (text: string, mask: number) =>
  [...text].map((letter, index) => ((mask >> (index % 31)) & 1 ? letter.toUpperCase() : letter)).join('');

test('accepts every equal spelling of the own host', () => {
  fc.assert(
    fc.property(origin, fc.nat(), fc.boolean(), fc.boolean(), (own, mask, dot, unicode) => {
      const { hostname, port, protocol } = new URL(own);
      const isAddress = /^[[\d.]|:/.test(hostname) && !/[a-z]/i.test(hostname.replace(/^\[.*\]$/, ''));
      const name = unicode && !isAddress ? bytes(domainToUnicode(hostname) || hostname) : shout(hostname, mask);
      const standard = protocol === 'https:' ? '443' : '80';
      const ports = port ? [`:${port}`] : ['', ':', `:${standard}`, `:0${standard}`];
      for (const written of ports) {
        const header = `${name}${dot && !isAddress ? '.' : ''}${written}`;
        expect(isOwnHost(header, own), header).toBe(true);
        expect(isOtherOrigin(header, own), header).toBe(dot && !isAddress);
      }
    }),
    fuzzRuns(2000),
  );
});

test.each([
  ['PORTAL.bank.example:443', 'https://portal.bank.example', true],
  ['portal.bank.example:80', 'http://portal.bank.example', true],
  ['portal.bank.example:80', 'https://portal.bank.example', false],
  ['portal.bank.example:443', 'http://portal.bank.example', false],
  ['[0:0:0:0:0:0:0:1]:3000', 'http://[::1]:3000', true],
  ['::1', 'http://[::1]', false],
  [bytes('банк.укр'), new URL('https://банк.укр').origin, true],
  ['portal.bank.example..', 'https://portal.bank.example', false],
  ['.portal.bank.example', 'https://portal.bank.example', false],
  ['evil@portal.bank.example', 'https://portal.bank.example', false],
  ['portal.bank.example@evil.example', 'https://portal.bank.example', false],
  ['portal.bank.example/', 'https://portal.bank.example', false],
  ['portal.bank.example#', 'https://portal.bank.example', false],
  ['portal.bank.example, evil.example', 'https://portal.bank.example', false],
  ['portal.bank.example\\evil', 'https://portal.bank.example', false],
  ['por\ttal.bank.example', 'https://portal.bank.example', false],
  ['', 'https://portal.bank.example', false],
  [null, 'https://portal.bank.example', false],
])('the host %j for %s: %s', (header, own, expected) => {
  expect(isOwnHost(header, own)).toBe(expected);
});

test('accepts nothing that a browser would resolve to another host [T28]', () => {
  const other = fc.oneof(fc.string(), fc.webAuthority({ withUserInfo: true, withPort: true }), fc.domain(), origin);
  fc.assert(
    fc.property(origin, other, (own, header) => {
      if (!isOwnHost(header, own)) return;
      const { hostname, port } = new URL(`${new URL(own).protocol}//${bytesToText(header)}/`);
      expect(`${hostname.replace(/\.$/, '')}:${port}`).toBe(`${new URL(own).hostname}:${new URL(own).port}`);
      expect(header).not.toMatch(/[@/?#\\\s]/);
    }),
    fuzzRuns(5000),
  );
});

function bytesToText(header: string): string {
  return Buffer.from(header, 'latin1').toString('utf8');
}

test('keeps a redirect on the configured origin for any path [T28]', () => {
  const path = fc.oneof(
    fc.webPath().map((text) => text || '/'),
    fc.constantFrom('//evil.example', '/\\evil.example', '/.//evil.example', '/@evil'),
  );
  fc.assert(
    fc.property(path, (pathname) => {
      const address = atOwnOrigin('http://localhost:3000', `${pathname}?x=1`);
      return new URL(address).origin === 'http://localhost:3000';
    }),
    fuzzRuns(1000),
  );
});
