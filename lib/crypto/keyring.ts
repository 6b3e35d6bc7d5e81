import 'server-only';
import { createCipheriv, createDecipheriv, createHmac, hkdfSync, randomBytes, timingSafeEqual } from 'node:crypto';

/** Encrypts single fields of personal data, finds rows by them, and signs records. */
export interface Keyring {
  /** Encrypts text to `v1.kid.iv.ciphertext.tag` (base64url). `associatedData` names table, column and row. */
  seal(text: string, associatedData: string): string;
  /** Decrypts a value. @throws SealError when the key is unknown, or the value was changed or moved. */
  open(sealed: string, associatedData: string): string;
  /** Reports whether the writing key sealed this value (lib/maintenance/rotate-keys.ts). */
  isCurrent(sealed: string): boolean;
  /** Returns a blind index, `kid.mac`: equal for equal texts of one column, and meaningless without the key. */
  index(text: string, column: string): string;
  /** Returns the index under every key, to find rows written with an older key. */
  indexes(text: string, column: string): string[];
  /** Returns a keyed hash of a record, by the writing key. */
  sign(record: string): { kid: string; mac: string };
  /** Reports whether this key made this hash; null when the key is unknown. */
  verify(record: string, kid: string, mac: string): boolean | null;
  /** Returns a keyed hash of a row, `kid.mac`, by the writing key (lib/crypto/bound-row.ts). */
  tag(row: string): string;
  /** Reports whether a key of this ring made `tag` for this row. */
  hasTag(row: string, tag: string): boolean;
  /** The ids of all keys, the writing key first. */
  kids: string[];
}

/** Thrown for a sealed value that cannot be opened. Contains neither value nor key. */
export class SealError extends Error {
  override readonly name = 'SealError';
}

/**
 * Creates a keyring. Encrypts with AES-256-GCM and a random 96-bit nonce per value (NIST SP 800-38D, ASVS 5.0
 * 11.3.2-11.3.4). The associated data prevents that a ciphertext opens in another row or column. Indexes and signatures
 * are HMAC-SHA-256 under keys derived for each use (HKDF, RFC 5869).
 * @param keys the first key writes, all keys read. @throws SealError without a key.
 */
export function createKeyring(keys: { kid: string; key: Buffer }[]): Keyring {
  const [writer] = keys;
  if (!writer) throw new SealError('no key');
  const index = (entry: Key, text: string, column: string) => `${entry.kid}.${mac(entry, `index ${column}`, text)}`;
  return {
    seal: (text, associatedData) => seal(writer, text, associatedData),
    open: (sealed, associatedData) => open(keys, sealed, associatedData),
    isCurrent: (sealed) => sealed.split('.')[1] === writer.kid,
    index: (text, column) => index(writer, text, column),
    indexes: (text, column) => keys.map((entry) => index(entry, text, column)),
    sign: (record) => ({ kid: writer.kid, mac: mac(writer, 'sign', record) }),
    verify(record, kid, given) {
      const entry = keys.find((one) => one.kid === kid);
      return entry ? isEqual(mac(entry, 'sign', record), given) : null;
    },
    tag: (row) => `${writer.kid}.${mac(writer, 'row', row)}`,
    hasTag(row, tag) {
      const [kid, given = ''] = tag.split('.');
      const entry = keys.find((one) => one.kid === kid);
      return entry !== undefined && isEqual(mac(entry, 'row', row), given);
    },
    kids: keys.map(({ kid }) => kid),
  };
}

interface Key {
  kid: string;
  key: Buffer;
}

function mac({ key }: Key, use: string, text: string): string {
  return createHmac('sha256', derivedKey(key, use)).update(text).digest('base64url');
}

/** Derived keys of this process: the uses are few and fixed. */
const derivedKeys = new WeakMap<Buffer, Map<string, Buffer>>();

function derivedKey(key: Buffer, use: string): Buffer {
  const ofKey = derivedKeys.get(key) ?? new Map<string, Buffer>();
  derivedKeys.set(key, ofKey);
  const derived = ofKey.get(use) ?? Buffer.from(hkdfSync('sha256', key, '', `kuna-partner-portal ${use}`, 32));
  ofKey.set(use, derived);
  return derived;
}

function isEqual(expected: string, given: string): boolean {
  const [one, other] = [Buffer.from(expected), Buffer.from(given)];
  return one.length === other.length && timingSafeEqual(one, other);
}

function seal({ kid, key }: Key, text: string, associatedData: string): string {
  const iv = randomBytes(12);
  const cipher = createCipheriv('aes-256-gcm', key, iv).setAAD(Buffer.from(associatedData));
  const ciphertext = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
  const parts = [iv, ciphertext, cipher.getAuthTag()].map((part) => part.toString('base64url'));
  return ['v1', kid, ...parts].join('.');
}

function open(keys: Key[], sealed: string, associatedData: string): string {
  const [version, kid, ...parts] = sealed.split('.');
  const key = keys.find((entry) => entry.kid === kid)?.key;
  const [iv, ciphertext, tag] = parts.map((part) => Buffer.from(part, 'base64url'));
  if (version !== 'v1' || !key || !iv || !ciphertext || tag?.length !== 16)
    throw new SealError('unknown format or key');
  const decipher = createDecipheriv('aes-256-gcm', key, iv, { authTagLength: 16 }).setAAD(Buffer.from(associatedData));
  decipher.setAuthTag(tag);
  try {
    return Buffer.concat([decipher.update(ciphertext), decipher.final()]).toString('utf8');
  } catch {
    throw new SealError('changed or moved');
  }
}
