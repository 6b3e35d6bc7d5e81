import { createPrivateKey, createPublicKey } from 'node:crypto';
import { CompactEncrypt, compactDecrypt, decodeProtectedHeader } from 'jose';
import { z } from 'zod';
import { MalformedResponseError } from './errors';

// KunaCore's optional encryption of bodies: `{"token": "<compact JWE>"}` both ways (RFC 7516). Its documentation names
// no algorithms.

/** Ways to encrypt the key of a message, the default first (RFC 7518 4.3). RSA1_5 and `dir` stay out (RFC 8725 3.2). */
export const KEY_ALGORITHMS = ['RSA-OAEP-256', 'RSA-OAEP-384', 'RSA-OAEP-512', 'RSA-OAEP'] as const;

/** Ways to encrypt a message, the default first (RFC 7518 5). */
export const CONTENT_ALGORITHMS = ['A256GCM', 'A192GCM', 'A128GCM', 'A256CBC-HS512', 'A128CBC-HS256'] as const;

export interface Encryption {
  /** Kuna's, for requests: RSA, as PEM. */
  publicKey: string;
  /** The institution's, for responses: RSA, as PEM. */
  privateKey: string;
  /** Of requests. A response may use any of the lists above. */
  keyAlgorithm: (typeof KEY_ALGORITHMS)[number];
  contentAlgorithm: (typeof CONTENT_ALGORITHMS)[number];
}

/** Encrypts and decrypts bodies. */
export interface Envelope {
  seal(body: string): Promise<string>;
  /** Returns the text of a good response. @throws MalformedResponseError unless it was encrypted for us. */
  open(endpoint: string, text: string): Promise<string>;
  /** Returns the text of an error, which a gateway may send unencrypted. */
  openError(text: string): Promise<string>;
}

/** Leaves bodies as they are. */
export const PLAIN: Envelope = {
  seal: async (body) => body,
  open: async (_endpoint, text) => text,
  openError: async (text) => text,
};

/** Creates the envelope for these keys. */
export function createEnvelope({ keyAlgorithm, contentAlgorithm, ...keys }: Encryption): Envelope {
  const theirs = createPublicKey(keys.publicKey);
  const ours = createPrivateKey(keys.privateKey);
  const header = Object.fromEntries([
    ['alg', keyAlgorithm],
    ['enc', contentAlgorithm],
  ]) as { alg: string; enc: string };
  const decrypt = async (token: string) => {
    // Compression could unpack a small response to gigabytes, and ciphertexts reveal what it compresses (RFC 8725 3.6).
    if ('zip' in decodeProtectedHeader(token)) throw new Error('compressed');
    const { plaintext } = await compactDecrypt(token, ours, {
      keyManagementAlgorithms: [...KEY_ALGORITHMS],
      contentEncryptionAlgorithms: [...CONTENT_ALGORITHMS],
    });
    return Buffer.from(plaintext).toString('utf8');
  };
  return {
    async seal(body) {
      const token = await new CompactEncrypt(Buffer.from(body)).setProtectedHeader(header).encrypt(theirs);
      return JSON.stringify({ token });
    },
    async open(endpoint, text) {
      const token = tokenOf(text);
      if (token === null) throw new MalformedResponseError(endpoint, 'not encrypted');
      // Errors of the library are not passed on.
      return decrypt(token).catch(() => {
        throw new MalformedResponseError(endpoint, 'cannot be decrypted');
      });
    },
    async openError(text) {
      const token = tokenOf(text);
      return token === null ? text : decrypt(token).catch(() => '');
    },
  };
}

const sealed = z.object({ token: z.string() });

/** Returns the JWE of a body, or null where there is none. */
function tokenOf(text: string): string | null {
  try {
    return sealed.parse(JSON.parse(text)).token;
  } catch {
    return null;
  }
}
