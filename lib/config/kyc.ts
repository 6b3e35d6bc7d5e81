import 'server-only';
import { createPrivateKey, X509Certificate } from 'node:crypto';
import type { Environment, Report } from './environment';

export function toKyc(env: Environment) {
  return {
    /** The source's name (lib/kyc/sources.ts). */
    source: env.KYC_SOURCE,
    url: env.KYC_URL,
    token: env.KYC_TOKEN,
    tls: { cert: env.KYC_CLIENT_CERT, key: env.KYC_CLIENT_KEY, ca: env.KYC_CA },
    /** The age of an answer from which on a sign-in makes the server ask again. */
    maxAgeHours: env.KYC_MAX_AGE_HOURS,
    /** Plain claims of the provider count as verified. */
    trustsAllClaims: env.KYC_CLAIMS === 'all',
  };
}

/** Refuses settings of the institution's service that do not go together. */
export function checkKyc(env: Partial<Environment>, report: Report): void {
  const { KYC_CLIENT_CERT: cert, KYC_CLIENT_KEY: key } = env;
  if (cert && !key) report('KYC_CLIENT_KEY', 'is missing: it belongs to KYC_CLIENT_CERT');
  if (key && !cert) report('KYC_CLIENT_CERT', 'is missing: KYC_CLIENT_KEY proves it');
  if (cert && key && !belongTogether(cert, key)) report('KYC_CLIENT_KEY', 'is not the key of KYC_CLIENT_CERT');
  if (env.KYC_SOURCE !== 'http') return;
  if (!env.KYC_URL) report('KYC_URL', 'is missing: KYC_SOURCE=http asks there');
  if (!env.KYC_TOKEN && !cert)
    report(
      'KYC_TOKEN',
      'is missing: set it, or KYC_CLIENT_CERT and KYC_CLIENT_KEY, so that the service knows the portal',
    );
}

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

function belongTogether(cert: string, key: string): boolean {
  return attempt(() => new X509Certificate(cert).checkPrivateKey(createPrivateKey(key)));
}

function attempt(check: () => boolean): boolean {
  try {
    return check();
  } catch {
    return false;
  }
}
