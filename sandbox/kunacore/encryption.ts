import { createPrivateKey, createPublicKey } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { CompactEncrypt, compactDecrypt } from 'jose';
import { z } from 'zod';

/** RSA keys of the message-level encryption, as PEM. */
export interface EncryptionKeys {
  /** Kuna's own, which decrypts requests. */
  privateKey: string;
  /** The partner's, which encrypts responses. */
  partnerPublicKey: string;
}

const read = (name: string) => readFileSync(new URL(`keys/${name}.pem`, import.meta.url), 'utf8');

/** Returns the keys of the repository. They are public. */
export function sampleKeys(): EncryptionKeys {
  return { privateKey: read('kuna-private'), partnerPublicKey: read('partner-public') };
}

const sealed = z.strictObject({ token: z.string() });

/** Encrypts and decrypts bodies of the form `{"token": "<compact JWE>"}`. */
export class Encryption {
  readonly #ours;
  readonly #partners;

  constructor(keys: EncryptionKeys) {
    this.#ours = createPrivateKey(keys.privateKey);
    this.#partners = createPublicKey(keys.partnerPublicKey);
  }

  /** Returns the text of a request, or null unless it is encrypted with Kuna's key. */
  async open(text: string): Promise<string | null> {
    try {
      const { plaintext } = await compactDecrypt(sealed.parse(JSON.parse(text)).token, this.#ours);
      return new TextDecoder().decode(plaintext);
    } catch {
      return null;
    }
  }

  async seal(text: string): Promise<string> {
    const token = await new CompactEncrypt(new TextEncoder().encode(text))
      .setProtectedHeader({ alg: 'RSA-OAEP-256', enc: 'A256GCM' })
      .encrypt(this.#partners);
    return JSON.stringify({ token });
  }
}
