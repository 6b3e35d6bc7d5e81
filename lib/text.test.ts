// ASVS 5.0: 1.1.1
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { anyText, fuzzRuns } from '@/tests/fuzz';
import { cleanLine, countCharacters, hasLetter, hasLetterOrDigit, isUsable, toAsciiDigits } from './text';

/** All code points, including lone surrogates. */
const ALL = Array.from({ length: 0x110000 }, (_, code) => String.fromCodePoint(code));
const every = (property: RegExp) => ALL.filter((sign) => property.test(sign));
const DEFAULT_IGNORABLE = every(/^\p{Default_Ignorable_Code_Point}$/u);
/** Characters that fonts draw as empty space or not at all. */
const EMPTY = [
  ...DEFAULT_IGNORABLE,
  ...every(/^[\p{White_Space}\p{Bidi_Control}]$/u),
  ...['\u2800', '\ufff9', '\ufffa', '\ufffb', '\u{1d159}', '\u{13441}', '\u{13442}'],
];
/** Characters that change the direction of the following text. */
const OVERRIDES = ['\u202d', '\u202e'];

const hex = (sign: string) => (sign.codePointAt(0) ?? 0).toString(16);

describe('an invisible character', () => {
  test('alone becomes empty text', () => {
    expect(EMPTY.length).toBeGreaterThan(4000);
    expect(EMPTY.filter((sign) => cleanLine(sign) !== '').map(hex)).toEqual([]);
    expect(cleanLine(EMPTY.join(''))).toBe('');
  });

  test('is trimmed at the end, also when repeated', () => {
    expect(EMPTY.filter((sign) => cleanLine(`Olena${sign}`) !== 'Olena').map(hex)).toEqual([]);
    expect(EMPTY.filter((sign) => cleanLine(`Олена${sign} \u200e${sign}`) !== 'Олена').map(hex)).toEqual([]);
  });

  test('is trimmed at the beginning, except a right-to-left override, which is rejected', () => {
    const trimmed = EMPTY.filter((sign) => sign !== '\u202e');
    expect(trimmed.filter((sign) => cleanLine(`${sign}Olena`) !== 'Olena').map(hex)).toEqual([]);
    expect(isUsable(cleanLine('\u202eOlena'))).toBe(false);
  });

  test('inside a Latin word is removed or becomes a space [T23]', () => {
    const inside = EMPTY.filter((sign) => !OVERRIDES.includes(sign)).map((sign) => cleanLine(`Ole${sign}na`));
    expect(new Set(inside)).toEqual(new Set(['Olena', 'Ole na']));
  });

  test('becomes a space when it is a filler', () => {
    for (const filler of ['\u3164', '\u115f', '\u1160', '\uffa0', '\u2800', '\u{13441}'])
      expect(cleanLine(`Kim${filler}${filler}Min`)).toBe('Kim Min');
  });

  test('is trimmed at the ends and rejected inside when it is a control character', () => {
    expect(cleanLine('\0\x1fOlena\x7f\0')).toBe('Olena');
    const controls = every(/^\p{Cc}$/u).filter((sign) => !/\p{White_Space}/u.test(sign));
    expect(controls).toHaveLength(65 - 6);
    expect(controls.filter((sign) => isUsable(cleanLine(`Ole${sign}na`))).map(hex)).toEqual([]);
  });
});

describe('a character that a language needs', () => {
  test.each([
    ['Persian', 'علی\u200cرضا'],
    ['Persian, an abbreviation', 'ه\u200d.ش'],
    ['Sinhala', 'ශ්\u200dරී'],
    ['Malayalam, a letter at the end', 'രാജന്\u200d'],
    ['Malayalam, and another word', 'രാജന്\u200d നായര്\u200d'],
    ['Hindi', 'शर्\u200dमा'],
    ['Marathi', 'तऱ्\u200dहा'],
    ['Bengali', 'র\u200d্যাব'],
    ['Bengali, a letter at the end', 'সত্\u200d'],
    ['Kannada', 'ಅರ್\u200cಜುನ್'],
    ['Telugu', 'రాజ్\u200cకుమార్'],
    ['Mongolian', 'ᠮᠣᠩᠭᠣ\u180bᠯ\u180eᠠ'],
    ['Japanese, a variant of an ideograph', '辻\u{e0100}'],
    ['Japanese, and another', '葛\u{e0101}城'],
    ['a family', '👨\u200d👩\u200d👧'],
    ['a heart and a keycap', '❤\ufe0f 1\ufe0f\u20e3'],
    ['Hebrew with points', 'שָׁלוֹם'],
    ['Vietnamese', 'Nguyễn Thị Ánh'],
    ['Hawaiian', 'Kalaniʻōpuʻu'],
  ])('stays unchanged: %s', (_language, text) => {
    const nfc = text.normalize('NFC');
    expect(cleanLine(text)).toBe(nfc);
    expect(cleanLine(`\u200e \u202a${text}\u202c\u00a0\u200b`)).toBe(nfc);
    expect(isUsable(nfc)).toBe(true);
  });

  test('stays when it is a joiner between letters of a joining script, and only there', () => {
    const joined = ['بب', 'ܒܒ', 'कक', 'কক', 'ਕਕ', 'કક', 'କକ', 'கக', 'కక', 'ಕಕ', 'കക', 'කක', 'ကက', 'កក'];
    for (const [first, second] of joined.map((pair) => [...pair]))
      for (const joiner of ['\u200c', '\u200d'])
        expect(cleanLine(`${first}${joiner}${joiner}${second}`)).toBe(`${first}${joiner}${second}`);
    for (const [first, second] of ['ab', 'жз', 'αβ', '12', '李明', '김민', 'אב'].map((pair) => [...pair]))
      for (const joiner of ['\u200c', '\u200d'])
        expect(cleanLine(`${first}${joiner}${second}`)).toBe(`${first}${second}`);
  });
});

describe('text with misleading characters', () => {
  test('loses direction marks, embeddings and isolates', () => {
    expect(cleanLine('\u2068Olena\u2069 \u202aKovalenko\u202c')).toBe('Olena Kovalenko');
    expect(cleanLine('\u202d+380 67 123 45 67\u202c')).toBe('+380 67 123 45 67');
    expect(cleanLine('\u200fמשה\u200f כהן')).toBe('משה כהן');
  });

  test.each(['FE\u202e123', '\u202e321\u202c', 'a\u202dמשה\u202c', '\u202dعلی\u202c'])('is rejected: %j', (text) => {
    expect(isUsable(cleanLine(text))).toBe(false);
  });

  test('is rejected with lone surrogates, private use, noncharacters, replacement characters or region flags', () => {
    const england = '\u{1f3f4}\u{e0067}\u{e0062}\u{e0065}\u{e006e}\u{e0067}\u{e007f}';
    for (const text of ['a\ud800', '\udc00b', '\ue000', '\u{f0000}', '\uffff', '\ufdd0', 'a\ufffd', '\ufffc', england])
      expect(isUsable(cleanLine(`Olena ${text}`))).toBe(false);
  });
});

describe('arbitrary text', () => {
  const sign = fc.oneof(
    fc.constantFrom(...EMPTY),
    fc.nat({ max: ALL.length - 1 }).map((code) => ALL[code] ?? ''),
    fc.constantFrom('\u200c', '\u200d', '\ufe0f', '\u0301', '\u034f', 'ی', 'ර', '്', 'e', '辻', '👩', '\u{1f3f4}'),
  );
  const text = fc.oneof(
    anyText,
    fc.array(sign, { maxLength: 20 }).map((signs) => signs.join('')),
  );

  test('is the same after a second cleaning', () => {
    fc.assert(
      fc.property(text, (typed) => {
        expect(cleanLine(cleanLine(typed))).toBe(cleanLine(typed));
      }),
      fuzzRuns(2000),
    );
  });

  test('keeps all visible characters in order', () => {
    const invisible = new Set(EMPTY);
    // Fillers are letters to Unicode: NFC is applied to what is left.
    const visible = (line: string) =>
      [...line.normalize('NFC')]
        .filter((one) => !invisible.has(one) && !/\p{Cc}/u.test(one))
        .join('')
        .normalize('NFC');
    fc.assert(
      fc.property(text, (typed) => {
        expect(visible(cleanLine(typed))).toBe(visible(typed));
      }),
      fuzzRuns(2000),
    );
  });

  test('is NFC on one line with single spaces when accepted', () => {
    fc.assert(
      fc.property(text, (typed) => {
        const line = cleanLine(typed);
        if (!isUsable(line)) return;
        expect(line).toBe(line.normalize('NFC'));
        expect(line).not.toMatch(/^ | $| {2}|[^\S ]|[\p{Cc}\p{Cs}\p{Bidi_Control}]/u);
      }),
      fuzzRuns(2000),
    );
  });

  test('is cleaned in linear time', () => {
    for (const unit of [' ', '\u200d', 'a\u200b ', 'ි\u200d', '\u0301'])
      expect(countCharacters(cleanLine(`x${unit.repeat(60_000)}`))).toBeGreaterThan(0);
  });
});

test('recognises letters of any script, but no apostrophe, digit, mark, filler or emoji', () => {
  for (const text of ['O', 'ж', '李', 'ね', 'ع', '김', 'ක', '𞤀']) expect(hasLetter(text)).toBe(true);
  for (const text of ['', '-', '12345', '１２', '😀', 'ʼ', 'ー', '\u0301', '…', '٣', "'", '©'])
    expect(hasLetter(text)).toBe(false);
});

test('recognises a letter or digit in a document number', () => {
  for (const text of ['a', '1', '٣', '①', '李']) expect(hasLetterOrDigit(text)).toBe(true);
  for (const text of ['', '---', '№', '\u0301', '😀', 'ʼ']) expect(hasLetterOrDigit(text)).toBe(false);
});

test('counts code points', () => {
  expect(countCharacters('Олена')).toBe(5);
  expect(countCharacters('𞤀𞤁𞤂')).toBe(3);
});

test('converts digits of every script', () => {
  const digits = every(/^\p{Nd}$/u);
  expect(digits.length).toBeGreaterThan(600);
  expect(digits.map(toAsciiDigits).join('')).toBe('0123456789'.repeat(digits.length / 10));
});
