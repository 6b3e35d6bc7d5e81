import 'server-only';
import { createPrivateKey, createPublicKey, type KeyObject, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { Environment, Report } from './environment';

/** A client certificate and its key, as PEM. */
export interface KeyPair {
  cert: string;
  key: string;
}

const CERTIFICATE = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;

/** Writes out line breaks, which may be given as \\n. */
export function toPem(text: string): string {
  return text.trim().replaceAll('\\n', '\n');
}

export function isCertificate(pem: string): boolean {
  return attempt(() => Boolean(new X509Certificate(pem)));
}

export function isKey(pem: string): boolean {
  return attempt(() => Boolean(createPrivateKey(pem)));
}

export function isRsaPublicKey(pem: string): boolean {
  return attempt(() => !pem.includes('PRIVATE') && isRsa(createPublicKey(pem)));
}

export function isRsaPrivateKey(pem: string): boolean {
  return attempt(() => isRsa(createPrivateKey(pem)));
}

/** RFC 7518 4.2 and 4.3: 2048 bits or more. */
function isRsa({ asymmetricKeyType, asymmetricKeyDetails }: KeyObject): boolean {
  return asymmetricKeyType === 'rsa' && (asymmetricKeyDetails?.modulusLength ?? 0) >= 2048;
}

/** Returns whether a public key is the one of a private key. */
export function isPublicPartOf(publicPem: string, privatePem: string): boolean {
  return attempt(() => createPublicKey(publicPem).equals(createPublicKey(privatePem)));
}

/**
 * Reads the certificates of a file, or of the setting itself.
 * @throws Error that says what is wrong with them.
 */
export function readCertificates(setting: string): string[] {
  const text = setting.includes('-----BEGIN') ? toPem(setting) : readText(setting);
  const found = text.match(CERTIFICATE) ?? [];
  if (found.length === 0) throw new Error('holds no certificate: PEM is needed, -----BEGIN CERTIFICATE-----');
  for (const pem of found) {
    if (!isCertificate(pem)) throw new Error('holds a certificate that cannot be read');
    const ended = endedOn(pem);
    if (ended) throw new Error(`holds a certificate that expired on ${ended}`);
  }
  return found;
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new Error(`names a file that cannot be read (${(error as NodeJS.ErrnoException).code})`);
  }
}

/** The settings that hold a client certificate and its key. */
type PairOf = 'KUNACORE' | 'OIDC' | 'KYC';

/** Refuses a client certificate without its key, a key without its certificate, and an expired certificate. */
export function checkKeyPair(env: Partial<Environment>, of: PairOf, report: Report): void {
  const certName = `${of}_CLIENT_CERT` as const;
  const keyName = `${of}_CLIENT_KEY` as const;
  const { [certName]: cert, [keyName]: key } = env;
  if (cert && !key) report(keyName, `is missing: it belongs to ${certName}`);
  if (key && !cert) report(certName, `is missing: ${keyName} proves it`);
  if (cert && key && !belongTogether(cert, key)) report(keyName, `is not the key of ${certName}`);
  const ended = cert && endedOn(cert);
  if (ended) report(certName, `expired on ${ended}`);
}

function belongTogether(cert: string, key: string): boolean {
  return attempt(() => new X509Certificate(cert).checkPrivateKey(createPrivateKey(key)));
}

/** Returns the day on which a certificate expired, or null while it is valid. */
function endedOn(pem: string): string | null {
  if (!isCertificate(pem)) return null;
  const end = new Date(new X509Certificate(pem).validTo);
  return end.getTime() < Date.now() ? end.toISOString().slice(0, 10) : null;
}

function attempt(check: () => boolean): boolean {
  try {
    return check();
  } catch {
    return false;
  }
}
