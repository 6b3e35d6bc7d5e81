import fc from 'fast-check';
import { createKeyring } from '@/lib/crypto/keyring';

/** The number of random inputs per property. `npm run --prefix verification fuzz` sets more. */
export function fuzzRuns(usual = 500): { numRuns: number } {
  return { numRuns: Number(process.env.FUZZ_RUNS ?? usual) };
}

/** Texts that are known to break programs. */
const NASTY = [
  ...[
    '',
    ' ',
    '\t',
    '\0',
    'Ole\0na',
    '\u001b[31m',
    '\u0085',
    '\u00a0',
    '\u00ad',
    '\u2028',
    '\u3000',
    '\ufeff',
    '\uffff',
  ],
  // Right-to-left, invisible, half a surrogate pair, many marks on one letter.
  ...['\u202eanelO', '\u2066x\u2069', '\u061cx', '\u200fx', 'a\u200bb', 'a\u200d', '\ud800', '\udc00x', '\u{e0041}'],
  ...['e\u0301', '\u212b', '\u0344', '\ufb1d', '\u1100\u1161\u11a8', '\ufdfa', 'İ', 'ß', `a${'\u0301'.repeat(200)}`],
  ...['🇺🇦', '👨‍👩‍👧', '𝒪𝓁𝑒𝓃𝒶', 'Олена', '李', 'أولينا', '１２３'],
  // Injections for other interpreters.
  ...[
    "'; drop table users; --",
    '<script>alert(1)</script>',
    '"><img src=x onerror=alert(1)>',
    '=1+1',
    '#{7*7}',
    '{{7*7}}',
  ],
  ...['../../etc/passwd', '%00', '%', '%u0041', '\r\nSet-Cookie: a=b', '$(id)', '`id`', '%s%n', 'file:///etc/passwd'],
  ...['__proto__', 'constructor', 'toString', 'null', 'undefined', 'NaN', '1e309', '-0', '[object Object]', '{"a":1}'],
  ...['UA', 'ua', 'XX', 'AN', '+380671234567', '067 123 45 67 ext. 5', 'tel:0671234567;phone-context=+380'],
  ...['anna@example.com', 'anna＠example.com', '"a b"@example.com', 'a@b', 'a@[127.0.0.1]', 'a@b.com\nbcc: c@d.com'],
  ...['//evil.example', '/\\evil.example', '/.//evil.example', '/account/%2e%2e//evil.example', 'javascript:alert(1)'],
  ...['https://portal.bank.example', 'http://[::1', 'http://a:99999', '/account?x=1#y', '2026-02-30', '0000-01-01'],
  ...['127.0.0.1', '::ffff:127.0.0.1', '::1', 'fe80::1%eth0', '1.2.3.4, 5.6.7.8', '999.1.1.1', '::'],
  ...['9'.repeat(400), 'x'.repeat(70_000), ' '.repeat(5_000), '\u0130'.repeat(300)],
];

/** Generates input from a keyboard, a clipboard or a program: any characters, known breakers, and mixtures. */
export const anyText = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 400 }),
  fc.string({ unit: 'grapheme', maxLength: 80 }),
  fc.string({ maxLength: 40 }),
  fc.constantFrom(...NASTY),
  fc
    .array(fc.oneof(fc.constantFrom(...NASTY), fc.string({ unit: 'grapheme' })), { maxLength: 4 })
    .map((all) => all.join('')),
);

const keyring = createKeyring([{ kid: 'fuzz', key: Buffer.alloc(32, 7) }]);

/** Returns whether a text survives encryption and JSON unchanged. */
export function comesBack(text: string): boolean {
  const opened = keyring.open(keyring.seal(text, 'fuzz'), 'fuzz');
  return opened === text && JSON.parse(JSON.stringify({ text })).text === text;
}

/** Returns whether a text is NFC without control characters, lone surrogates and bidirectional controls. */
export function isClean(text: string): boolean {
  return text === text.normalize('NFC') && !/[\p{Cc}\p{Cs}\p{Bidi_Control}]/u.test(text);
}
