// The rules for text that people type or paste, or that an identity provider claims. Imports nothing, because browsers
// run it too.

/** Matches space of any kind, and characters that fonts draw as space (Hangul fillers, blank hieroglyphs, Braille). */
const BLANK = /[\p{White_Space}\u115f\u1160\u2800\u3164\uffa0\u{13441}\u{13442}]/u;

/** Matches characters without width (Unicode, Default_Ignorable_Code_Point), annotation anchors, an empty note head. */
const INVISIBLE = /[\p{Default_Ignorable_Code_Point}\p{Bidi_Control}\ufff9-\ufffb\u{1d159}]/u;

/** Matches controls left by terminals and word processors. Excludes C1, which is mostly wrongly decoded letters. */
const CONTROL = /(?=\p{ASCII})\p{Cc}/u;

/** Matches characters that cannot be stored or replace lost ones: lone surrogates, controls, private use, `�`. */
const UNUSABLE =
  /[\p{Cc}\p{Cs}\p{Co}\p{Noncharacter_Code_Point}\u202d\u202e\ufffc\ufffd\u{e0000}-\u{e007f}\u{e0080}-\u{e00ff}]/u;

/** Matches blocks of right-to-left letters, for which JavaScript has no property. */
const RIGHT_TO_LEFT = /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc\u{10800}-\u{10fff}\u{1e800}-\u{1efff}]/u;

/** Matches a letter or mark of a script that spells with joiners (Unicode Standard Annex 31, 2.3.1). */
const JOINING =
  /^(?=[\p{L}\p{M}])[\p{scx=Arab}\p{scx=Syrc}\p{scx=Mong}\p{scx=Nkoo}\p{scx=Mand}\p{scx=Adlm}\p{scx=Rohg}\p{scx=Deva}\p{scx=Beng}\p{scx=Guru}\p{scx=Gujr}\p{scx=Orya}\p{scx=Taml}\p{scx=Telu}\p{scx=Knda}\p{scx=Mlym}\p{scx=Sinh}\p{scx=Khmr}\p{scx=Mymr}\p{scx=Tibt}\p{scx=Bali}\p{scx=Java}\p{scx=Newa}]/u;

/** Matches signs that join consonants. With a joiner they have a form of their own (Malayalam chillu). */
const VIRAMA =
  /^[\u094d\u09cd\u0a4d\u0acd\u0b4d\u0bcd\u0c4d\u0ccd\u0d3b\u0d3c\u0d4d\u0dca\u1039\u103a\u17d2\u1b44\ua9c0\u{11442}]/u;

/** Matches letters, except apostrophes and accents that Unicode counts as letters (Lm). */
const LETTER = /[\p{Lu}\p{Ll}\p{Lt}\p{Lo}]/u;

const [ZWNJ, ZWJ] = ['\u200c', '\u200d'];

/**
 * Returns the text on one line: NFC, single spaces, no invisible characters. Keeps those that a language needs (joiners,
 * variants of ideographs and emoji). Never changes or cuts visible text; leaves unusable characters for `isUsable` to
 * reject. Idempotent.
 */
export function cleanLine(text: string): string {
  const { signs, turned } = trim([...text.normalize('NFC')]);
  const following = followingClusters(signs);
  const kept: string[] = [];
  let before = NOTHING;
  signs.forEach((sign, at) => {
    if (BLANK.test(sign)) {
      if (before !== NOTHING) kept.push(' ');
      before = NOTHING;
    } else if (!INVISIBLE.test(sign) || isNeeded(sign, before, following[at] ?? NOTHING, turned)) {
      kept.push(sign);
      before = nextTo(sign, before);
    }
  });
  if (kept.at(-1) === ' ') kept.pop();
  return kept.join('').normalize('NFC');
}

/** Returns the text with each of its lines cleaned. Browsers send a line break as two characters; it becomes one. */
export function cleanText(text: string): string {
  return text
    .split(/\r\n?|\n/)
    .map(cleanLine)
    .join('\n')
    .replace(/^\n+|\n+$/g, '');
}

/** Reports whether a cleaned text can be stored and shown as typed. */
export function isUsable(text: string): boolean {
  return !UNUSABLE.test(text);
}

/** Returns the number of code points, so that a letter outside the basic plane counts once. */
export function countCharacters(text: string): number {
  return [...text].length;
}

export function hasLetter(text: string): boolean {
  return LETTER.test(text);
}

export function hasLetterOrDigit(text: string): boolean {
  return LETTER.test(text) || /\p{N}/u.test(text);
}

/** Converts decimal digits of every script to 0 to 9, to read a number. Stored text keeps its digits. */
export function toAsciiDigits(text: string): string {
  return text.replace(/\p{Nd}/gu, (digit) => {
    const plain = digit.normalize('NFKC');
    return /^[0-9]$/.test(plain) ? plain : String(digitValue(plain));
  });
}

/** Returns a digit's value: Unicode orders the ten digits of a script from zero, with no digit before it. */
function digitValue(digit: string): number {
  const code = digit.codePointAt(0) ?? 0;
  let value = 0;
  while (/\p{Nd}/u.test(String.fromCodePoint(code - value - 1))) value += 1;
  return value % 10;
}

function trim(signs: string[]): { signs: string[]; turned: boolean } {
  const isJunk = (sign: string) => BLANK.test(sign) || CONTROL.test(sign) || INVISIBLE.test(sign);
  const last = signs.findLastIndex((sign) => !isJunk(sign));
  const body = signs.slice(0, last + 1);
  const turned = isTurned(body);
  const first = body.findIndex((sign) => !isJunk(sign) || (turned && isOverride(sign)));
  // A joiner or variant after the last letter may belong to it; `isNeeded` decides.
  const tail = body.length > 0 ? signs.slice(last + 1).filter((sign) => INVISIBLE.test(sign) && !isOverride(sign)) : [];
  return { signs: [...body.slice(Math.max(first, 0)), ...tail], turned };
}

/** The neighbour of an invisible character. Adjacent marks count together, because NFC may reorder them. */
interface Cluster {
  sign: string;
  joining: boolean;
  virama: boolean;
}

const NOTHING: Cluster = { sign: '', joining: false, virama: false };

function nextTo(sign: string, others: Cluster): Cluster {
  const marks = /^\p{M}/u.test(sign) ? others : NOTHING;
  return { sign, joining: JOINING.test(sign) || marks.joining, virama: VIRAMA.test(sign) || marks.virama };
}

/** Returns the next visible neighbour of each character; marks include the marks after them. */
function followingClusters(signs: string[]): Cluster[] {
  const following = new Array<Cluster>(signs.length);
  let next = NOTHING;
  for (let at = signs.length - 1; at >= 0; at -= 1) {
    const sign = signs[at] ?? '';
    following[at] = next;
    if (BLANK.test(sign)) next = NOTHING;
    else if (!INVISIBLE.test(sign)) next = nextTo(sign, /^\p{M}/u.test(next.sign) ? next : NOTHING);
  }
  return following;
}

/**
 * Reports whether an override changes the look of the text. Phones copy numbers between U+202D and U+202C, which has no
 * effect on left-to-right text.
 */
function isTurned(signs: string[]): boolean {
  return signs.includes('\u202e') || (signs.includes('\u202d') && RIGHT_TO_LEFT.test(signs.join('')));
}

function isOverride(sign: string): boolean {
  return sign === '\u202d' || sign === '\u202e';
}

/** Reports whether an invisible character changes the look of its neighbours. */
function isNeeded(sign: string, before: Cluster, after: Cluster, turned: boolean): boolean {
  if (isOverride(sign)) return turned;
  if (sign === ZWNJ) return before.joining && after.joining;
  if (sign === ZWJ)
    return (
      before.virama ||
      (before.joining && (after.joining || /^\p{P}/u.test(after.sign))) ||
      (/^(?:\p{Extended_Pictographic}|\p{Emoji_Modifier}|\ufe0f)/u.test(before.sign) &&
        /^\p{Extended_Pictographic}/u.test(after.sign))
    );
  // Ideographic variants distinguish Japanese family names.
  if (/[\ufe00-\ufe0f\u{e0100}-\u{e01ef}]/u.test(sign) && /^\p{Script=Han}/u.test(before.sign)) return true;
  if (/[\ufe0e\ufe0f]/.test(sign))
    return /^\p{Extended_Pictographic}/u.test(before.sign) || (/^[#*0-9]/.test(before.sign) && after.sign === '\u20e3');
  if (sign === '\ufe00') return /^\p{Script=Mymr}/u.test(before.sign);
  if (/[\u180b-\u180f]/.test(sign)) return /^(?=\p{L})\p{Script=Mong}/u.test(before.sign);
  // Kept, and therefore rejected: without these tags, a region's flag would become another flag.
  return /[\u{e0020}-\u{e007f}]/u.test(sign) && /^[\u{1f3f4}\u{e0020}-\u{e007f}]/u.test(before.sign);
}
