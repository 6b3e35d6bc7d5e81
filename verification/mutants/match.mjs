/**
 * Returns where a piece of code stands in a text. Spaces, line breaks and trailing commas do not count, so that
 * formatting, indenting and moving change nothing.
 */
export function findMatches(text, piece) {
  return [...text.matchAll(patternOf(piece))].map(({ index, 0: found }) => ({
    start: index,
    end: index + found.length,
  }));
}

function patternOf(piece) {
  const tokens = piece.match(/\w+|[^\w\s]/g) ?? [];
  const parts = tokens.map((token, index) => gap(tokens[index - 1], token) + token.replace(/\W/, '\\$&'));
  return new RegExp(edge(tokens[0], '(?<!\\w)') + parts.join('') + edge(tokens.at(-1), '(?!\\w)'), 'g');
}

function gap(before, token) {
  if (before === undefined) return '';
  if (isWord(before) && isWord(token)) return '\\s+';
  return /[)\]}]/.test(token) && before !== ',' ? '\\s*(?:,\\s*)?' : '\\s*';
}

const edge = (token, boundary) => (isWord(token) ? boundary : '');
const isWord = (token = '') => /\w/.test(token);
