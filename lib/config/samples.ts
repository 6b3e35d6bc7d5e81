import 'server-only';
import { createHash, createPublicKey } from 'node:crypto';

/**
 * Every secret that .env.example ships and every credential that the sandbox takes, as the bytes that protect something.
 * They are public, so they protect nothing that others can reach.
 */
const SAMPLES = [
  'sample-secret-for-this-machine-only-0000',
  'sample-key-for-this-machine-0000',
  'sample-api-key',
  'sample-oidc-secret',
  'sample-merchant',
  'sample-login',
  'sample-password',
  'sample-kyc-token',
].map((text) => Buffer.from(text));

/** SHA-256 of the sandbox's RSA keys (sandbox/kunacore/keys): of the public part, as SPKI in DER. */
const SAMPLE_KEYS = [
  '3e54b7e521c534311b1fc7517ed59cd524a8537c26190511a928d41e77108441',
  '17a45d5469432fa178f2f2299c69363af17947d2cdba21c408528cbddc6dab71',
];

/** Reports whether a key, public or private as PEM, is one of the sandbox. */
export function isSampleKey(pem: string): boolean {
  try {
    const spki = createPublicKey(pem).export({ type: 'spki', format: 'der' });
    return SAMPLE_KEYS.includes(createHash('sha256').update(spki).digest('hex'));
  } catch {
    return false;
  }
}

/** The number of nested encodings that are decoded. */
const DEPTH = 3;

/**
 * Reports whether a setting contains a sample, anywhere in a list or an address: as it is, or in base64, base64url,
 * hexadecimal or percent-encoding.
 */
export function holdsSample(value: string): boolean {
  return holds(Buffer.from(value), DEPTH);
}

function holds(bytes: Buffer, depth: number): boolean {
  const lower = Buffer.from(bytes.toString('latin1').toLowerCase(), 'latin1');
  if (SAMPLES.some((sample) => bytes.includes(sample) || lower.includes(sample))) return true;
  return depth > 0 && decodings(bytes.toString('latin1')).some((inner) => holds(inner, depth - 1));
}

function decodings(text: string): Buffer[] {
  const compact = text.replace(/[\s"']/g, '');
  const parts = new Set([compact, ...compact.split(/[,;:@?&=]/), ...compact.split(/[,;:@?&=/]/)]);
  return [...parts].flatMap((part) => [
    ...(/^[\w+/=-]{16,}$/.test(part) ? [Buffer.from(part, 'base64')] : []),
    ...(/^(0x)?([0-9a-f]{2}){8,}$/i.test(part) ? [Buffer.from(part.replace(/^0x/i, ''), 'hex')] : []),
    ...(/%[0-9a-f]{2}/i.test(part) ? [Buffer.from(percentDecoded(part), 'latin1')] : []),
  ]);
}

function percentDecoded(text: string): string {
  return text.replace(/%([0-9a-f]{2})/gi, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)));
}
