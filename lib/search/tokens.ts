import 'server-only';
import type { Keyring } from '@/lib/crypto/keyring';

const COLUMN = 'search_tokens.token';

/** Returns the tokens of terms by the writing key, to store. */
export function tokensOf(keyring: Keyring, terms: Iterable<string>): bigint[] {
  return Array.from(terms, (term) => toToken(keyring.index(term, COLUMN)));
}

/** Returns the tokens of terms under every key, to look for. */
export function tokensByEveryKey(keyring: Keyring, terms: Iterable<string>): bigint[] {
  return Array.from(terms).flatMap((term) => keyring.indexes(term, COLUMN).map(toToken));
}

/** Returns the first 64 bits of a blind index: enough to keep terms apart, and an eighth of its size. */
function toToken(index: string): bigint {
  return Buffer.from(index.slice(index.indexOf('.') + 1), 'base64url').readBigInt64BE();
}
