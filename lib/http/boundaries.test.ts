// ASVS 5.0: 1.1.1 1.2.2 1.3.3 1.3.11 3.7.2
import { domainToUnicode } from 'node:url';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { safeCallbackPath } from '@/lib/auth/callback-url';
import { canonicalEmail, typedEmail } from '@/lib/email-address';
import { anyText, comesBack, fuzzRuns, isClean } from '@/tests/fuzz';
import { isSameOrigin } from './same-origin';
import { describableUserAgent, usableUserAgent } from './user-agent';

const PORTAL = 'https://portal.bank.example';

describe('the callback path [T18]', () => {
  test.each(['/account', '/account/buy', '/account/details?x=1', `${PORTAL}/account/buy`])('accepts %s', (path) => {
    expect(safeCallbackPath(path, PORTAL)).toBe(path.replace(PORTAL, ''));
  });

  test.each([
    undefined,
    '',
    '//evil.example',
    '/\\evil.example',
    '\\\\evil.example',
    'https:/evil.example',
    'https://evil.example',
    'https://portal.bank.example.evil.example/account',
    'https://portal.bank.example@evil.example/',
    'https://evil@portal.bank.example/account',
    'http://portal.bank.example/account',
    'javascript:alert(1)',
    'data:text/html,x',
    '/account\r\nSet-Cookie: a=b',
    '\t//evil.example',
    '/\t/evil.example',
    '/account/..//evil.example',
    'account:x',
    '/sign-in',
    '/api/auth/signout',
  ])('falls back to /account for %j', (requested) => {
    expect(safeCallbackPath(requested, PORTAL)).toBe('/account');
  });
});

describe('an e-mail address [T20]', () => {
  test.each([
    ['anna@example.com', 'anna@example.com'],
    ['  Anna@Example.COM ', 'anna@example.com'],
    ['olena@xn--80a1acny.xn--j1amh', 'olena@xn--80a1acny.xn--j1amh'],
    ['olena@пошта.укр', 'olena@xn--80a1acn3a.xn--j1amh'],
    ['Olena@ПОШТА.УКР', 'olena@xn--80a1acn3a.xn--j1amh'],
    ['anna@bücher.example', 'anna@xn--bcher-kva.example'],
    ['anna@bu\u0308cher.example', 'anna@xn--bcher-kva.example'],
    ['anna@straße.example', 'anna@xn--strae-oqa.example'],
    ['anna@例え.テスト', 'anna@xn--r8jz45g.xn--zckzah'],
    ['anna@مثال.إختبار', 'anna@xn--mgbh0fb.xn--kgbechtv'],
  ])('%j becomes %s', (typed, canonical) => {
    expect(canonicalEmail(typed)).toBe(canonical);
  });

  // Edge cases of the HTML Standard: every allowed character before the @, dots anywhere, a domain without a dot.
  test.each([
    ...["!#$%&'*+-/=?^_`{|}~.0a@example.com", 'a&b@example.com', "o'brien@example.com", 'a.@example.com'],
    ...['.a@example.com', 'a..b@example.com', 'a+b@example.com', 'a@localhost', 'a@1.2.3.4', `a@${'x'.repeat(63)}.com`],
    ...['a@sub-domain.example.museum', 'a@xn--p1ai', '1@1.com'],
  ])('%s is valid, as in browsers', (address) => {
    expect(canonicalEmail(address)).toBe(address);
    expect(typedEmail(address)).toBe(address);
  });

  test.each([
    ...['', 'anna', '@', 'anna@', '@example.com', 'a b@example.com', 'anna@-example.com', 'anna@example-.com'],
    ...['anna@example..com', 'anna@.example.com', 'anna@example.com.', 'anna@ex_ample.com', `a@${'x'.repeat(64)}.com`],
    ...['"anna"@example.com', 'anna@[127.0.0.1]', 'Anna <anna@example.com>', 'mailto:anna@example.com'],
    ...['anna@пошта.укр/x', 'anna@пошта.укр:25', 'anna@пош_та.укр', 'anna@пошта.укр.', 'анна@пошта.укр'],
  ])('%j is invalid, as in browsers', (text) => {
    expect(typedEmail(text)).toBeNull();
  });

  test.each([
    'anna＠example.com',
    'аnna@example.com',
    'anna@exаmple.com',
    'anna@ｅxample.com',
    'anna@example。com',
    'anna@example．com',
    'anna@\u212aiev.example',
    'anna@\ufb01sh.example',
    'anna@exam\u00adple.укр',
    'anna@ⓔxample.com',
    'anna@αpple.com',
    '"a@evil"@x.com',
    'a@b@c.com',
    'a@example.com,b@example.com',
    'anna@example.com\r\nBcc: x@example.com',
  ])('%j is rejected as an imitation or as two addresses', (text) => {
    expect(canonicalEmail(text)).toBeNull();
  });

  test('loses invisible characters when typed, and is rejected with them in a provider’s claim', () => {
    for (const text of [
      'anna@example.com\u200b',
      '\u202aanna@example.com\u202c',
      '\ufeff\u00a0an\u00adna@example.com\u2800',
    ]) {
      expect(typedEmail(text)).toBe('anna@example.com');
      expect(canonicalEmail(text)).toBeNull();
    }
  });
});

describe('a request with these headers may make changes [T11]', () => {
  test.each<[Record<string, string>, boolean]>([
    [{ origin: PORTAL }, true],
    [{ origin: PORTAL, 'sec-fetch-site': 'same-origin' }, true],
    [{ 'sec-fetch-site': 'same-origin' }, true],
    [{}, false],
    [{ 'sec-fetch-site': 'cross-site' }, false],
    [{ 'sec-fetch-site': 'same-site' }, false],
    [{ 'sec-fetch-site': 'none' }, false],
    [{ origin: 'null' }, false],
    [{ origin: 'http://portal.bank.example' }, false],
    [{ origin: 'https://evil.example', 'x-forwarded-host': 'evil.example' }, false],
    [{ origin: 'https://evil.example', 'sec-fetch-site': 'same-origin' }, false],
    [{ origin: 'not an origin' }, false],
  ])('%j: %s', (headers, allowed) => {
    expect(isSameOrigin(new Headers(headers), PORTAL)).toBe(allowed);
  });
});

test('passes a user agent on unchanged, or not at all [T22]', () => {
  const chrome =
    'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36';
  expect(usableUserAgent(chrome)).toBe(chrome);
  const inApp = Buffer.from(`${chrome} 红米/${'x'.repeat(600)}`).toString('latin1');
  for (const good of [inApp, 'tab\there', 'caf\u00e9', 'x'.repeat(8190)]) expect(usableUserAgent(good)).toBe(good);
  for (const bad of [null, '', 'x'.repeat(8191), 'nul\0', '红米', 'line\nbreak'])
    expect(usableUserAgent(bad)).toBeNull();
});

describe('arbitrary input', () => {
  const address = fc
    .tuple(fc.oneof(fc.emailAddress(), fc.constant('Anna@Example.com')), anyText, fc.nat())
    .map(([mailbox, text, at]) => mailbox.slice(0, at % mailbox.length) + text + mailbox.slice(at % mailbox.length));

  /** An address with one full-width character, which NFKC turns into the plain one. */
  const imitation = fc.tuple(fc.emailAddress(), fc.nat()).map(([mailbox, at]) => {
    const index = at % mailbox.length;
    const wide = String.fromCharCode(mailbox.charCodeAt(index) + 0xfee0);
    return mailbox.slice(0, index) + wide + mailbox.slice(index + 1);
  });

  const international = fc
    .tuple(
      fc.emailAddress(),
      fc.string({ unit: 'grapheme', minLength: 1, maxLength: 8 }),
      fc.constantFrom('', '.укр'),
      fc.constantFrom('NFC', 'NFD'),
    )
    .map(([mailbox, label, end, form]) => `${mailbox.split('@')[0]}@${label.normalize(form)}${end || '.example'}`);

  /** Returns an address as a person sees it: without punycode, in lower case. */
  const seen = (text: string) => {
    const [local = '', domain = ''] = text.trim().normalize('NFC').split('@');
    return `${local}@${/^\p{ASCII}*$/u.test(domain) ? domainToUnicode(domain) || domain : domain}`.toLowerCase();
  };

  test('as an e-mail address becomes one clean spelling, or null', () => {
    fc.assert(
      fc.property(fc.oneof(anyText, fc.emailAddress(), address, imitation, international), (text) => {
        const canonical = canonicalEmail(text);
        if (canonical === null) return;
        expect(canonical).toMatch(/^[\x21-\x7e]+@[a-z\d.-]+$/);
        expect(canonical.length).toBeLessThanOrEqual(254);
        expect(canonicalEmail(canonical)).toBe(canonical);
        expect(typedEmail(text)).toBe(canonical);
        expect(canonical).toSatisfy(isClean);
        expect(canonical).toSatisfy(comesBack);
      }),
      // A capital i with a dot, as two characters: in lower case it is not the letter that was seen.
      { ...fuzzRuns(), examples: [['a@I\u0307\ua6a0.example']] },
    );
  });

  test('as an e-mail address never becomes an address that looks different [T20]', () => {
    const anything = fc.oneof(anyText, fc.emailAddress(), address, imitation, international);
    fc.assert(
      fc.property(anything, (text) => {
        const canonical = canonicalEmail(text);
        if (canonical !== null) expect(seen(canonical)).toBe(seen(text));
      }),
      fuzzRuns(2000),
    );
    // Replaces a letter by each code point.
    for (let code = 0x80; code < 0x110000; code += 1) {
      const domain = `ex${String.fromCodePoint(code)}mple.com`;
      const canonical = canonicalEmail(`anna@${domain}`);
      if (canonical !== null && !canonical.startsWith('anna@xn--')) expect.fail(`U+${code.toString(16)}: ${canonical}`);
      if (canonicalEmail(`${domain}@example.com`) !== null) expect.fail(`U+${code.toString(16)} before the @`);
    }
  });

  test('as a callback URL becomes a path of the portal', () => {
    const beginnings = fc.constantFrom('', '/', '//', '/.', '/account', PORTAL, `${PORTAL}/`, 'https:', 'javascript:');
    const requested = fc.oneof(
      anyText,
      fc.webUrl(),
      fc.tuple(beginnings, anyText).map((parts) => parts.join('')),
    );
    fc.assert(
      fc.property(requested, (text) => {
        const path = safeCallbackPath(text, PORTAL);
        expect(path).toMatch(/^\/(?!\/)[\x21-\x7e]*$/);
        expect(new URL(path, PORTAL).origin).toBe(PORTAL);
        expect(safeCallbackPath(path, PORTAL)).toBe(path);
      }),
      fuzzRuns(),
    );
  });

  test('as an origin may make changes only if it is the portal’s, or hidden with `Sec-Fetch-Site: same-origin`', () => {
    const header = fc.oneof(anyText.filter(isHeader), fc.webUrl(), fc.constant('null'), fc.constant(PORTAL));
    const site = fc.oneof(header, fc.constantFrom('same-origin', 'same-site', 'cross-site', 'none'));
    fc.assert(
      fc.property(header, site, (origin, fetchSite) => {
        const headers = new Headers({ origin, 'sec-fetch-site': fetchSite });
        const expected = origin === PORTAL || (origin === 'null' && fetchSite === 'same-origin');
        expect(isSameOrigin(headers, PORTAL)).toBe(expected);
      }),
      fuzzRuns(),
    );
  });

  test('as a user agent is kept byte for byte, or rejected', () => {
    const long = fc.string({ unit: 'grapheme-ascii', minLength: 8_000, maxLength: 8_400 });
    const asBytes = fc
      .uint8Array({ minLength: 1, maxLength: 600 })
      .map((bytes) => Buffer.from(bytes).toString('latin1'));
    fc.assert(
      fc.property(fc.oneof(anyText, long, asBytes), (text) => {
        const usable = usableUserAgent(text);
        if (usable === null) return;
        expect(usable).toBe(text);
        expect(usable.length).toBeLessThanOrEqual(8190);
        // A header loses its surrounding blanks when sent.
        expect(new Headers({ 'user-agent': usable }).get('user-agent')).toBe(text.replace(/^[\t ]+|[\t ]+$/g, ''));
        expect(usable).toSatisfy(comesBack);
        expect(describableUserAgent(text)).toBe(text.slice(0, 512));
      }),
      // A counterexample of 8,000 characters takes minutes to shrink.
      { ...fuzzRuns(), endOnFailure: true },
    );
  });

  test('that a browser can send as its user agent is usable, up to the length that servers accept', () => {
    const byte = fc.oneof(fc.integer({ min: 0x20, max: 0x7e }), fc.integer({ min: 0x80, max: 0xff }));
    const header = fc.array(byte, { minLength: 1, maxLength: 8190 }).map((codes) => String.fromCharCode(...codes));
    fc.assert(
      fc.property(header, (text) => usableUserAgent(text) === text),
      { ...fuzzRuns(200), endOnFailure: true },
    );
  });

  function isHeader(text: string): boolean {
    return /^[\x21-\x7e]*$/.test(text);
  }
});
