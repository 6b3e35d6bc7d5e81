import { createPrivateKey, createPublicKey } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { CompactEncrypt, compactDecrypt } from 'jose';

// The keys are the sandbox's, so that a portal needs one set for both.
const key = (name: string) => readFileSync(new URL(`../../sandbox/kunacore/keys/${name}.pem`, import.meta.url));
const ours = createPrivateKey(key('kuna-private'));
const partners = createPublicKey(key('partner-public'));

/** Returns the payload of a body `{"token": "<compact JWE>"}`, or the whole text, which every endpoint refuses. */
export async function decrypted(text: string): Promise<string> {
  if (text === '') return text;
  try {
    const { token } = JSON.parse(text) as { token: string };
    return Buffer.from((await compactDecrypt(token, ours)).plaintext).toString();
  } catch {
    return 'not encrypted';
  }
}

/** Returns the body that carries a payload. Its algorithms differ from the defaults of the client. */
export async function encrypted(payload: object): Promise<object> {
  const jwe = new CompactEncrypt(Buffer.from(JSON.stringify(payload)));
  return { token: await jwe.setProtectedHeader({ alg: 'RSA-OAEP', enc: 'A128CBC-HS256' }).encrypt(partners) };
}
