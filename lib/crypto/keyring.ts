import 'server-only';
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';

/** Encrypts single fields of personal data. */
export interface Keyring {
  /** Text → `v1.kid.iv.ciphertext.tag` (base64url). `place` names table, column and row. */
  seal(text: string, place: string): string;
  /** The text again. @throws SealError when the key is unknown, or the value was changed or moved to another place. */
  open(sealed: string, place: string): string;
}

/** A sealed value that cannot be opened. Holds neither value nor key. */
export class SealError extends Error {
  override readonly name = 'SealError';
}

/**
 * AES-256-GCM with a random 96-bit nonce per value (NIST SP 800-38D, ASVS 5.0 11.3.2-11.3.4). The place is bound as
 * additional data, so that a ciphertext copied to another row or column does not open.
 * @param keys the first one writes, all of them read.
 */
export function createKeyring(keys: { kid: string; key: Buffer }[]): Keyring {
  const [writer] = keys;
  if (!writer) throw new SealError('no key');
  return {
    seal(text, place) {
      const iv = randomBytes(12);
      const cipher = createCipheriv('aes-256-gcm', writer.key, iv).setAAD(Buffer.from(place));
      const ciphertext = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
      const parts = [iv, ciphertext, cipher.getAuthTag()].map((part) => part.toString('base64url'));
      return ['v1', writer.kid, ...parts].join('.');
    },
    open(sealed, place) {
      const [version, kid, ...parts] = sealed.split('.');
      const key = keys.find((entry) => entry.kid === kid)?.key;
      const [iv, ciphertext, tag] = parts.map((part) => Buffer.from(part, 'base64url'));
      if (version !== 'v1' || !key || !iv || !ciphertext || tag?.length !== 16)
        throw new SealError('unknown format or key');
      const decipher = createDecipheriv('aes-256-gcm', key, iv, { authTagLength: 16 }).setAAD(Buffer.from(place));
      decipher.setAuthTag(tag);
      try {
        return Buffer.concat([decipher.update(ciphertext), decipher.final()]).toString('utf8');
      } catch {
        throw new SealError('changed or moved');
      }
    },
  };
}
