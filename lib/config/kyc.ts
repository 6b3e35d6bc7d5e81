import 'server-only';
import type { Environment, Report } from './environment';
import { checkKeyPair } from './pem';

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
  checkKeyPair(env, 'KYC', report);
  if (env.KYC_SOURCE !== 'http') return;
  if (!env.KYC_URL) report('KYC_URL', 'is missing: KYC_SOURCE=http asks there');
  if (!env.KYC_TOKEN && !env.KYC_CLIENT_CERT)
    report(
      'KYC_TOKEN',
      'is missing: set it, or KYC_CLIENT_CERT and KYC_CLIENT_KEY, so that the service knows the portal',
    );
}
