import 'server-only';
import { readContract } from './contract';
import { checkEncryption } from './encryption';
import { type Environment, isProtected, type Report, toUrl } from './environment';
import { checkKyc } from './kyc';
import { checkNetwork } from './network';
import { checkOffers } from './offers';
import { checkOidc } from './oidc';
import { checkOperators } from './operators';
import { checkTelemetry } from './telemetry-checks';

const LOGIN = ['KUNACORE_MERCHANT_ID', 'KUNACORE_LOGIN', 'KUNACORE_PASSWORD'] as const;
const OIDC = ['OIDC_ISSUER', 'OIDC_CLIENT_ID', 'OIDC_CLIENT_SECRET'] as const;
const OIDC_WITH_KEY = ['OIDC_ISSUER', 'OIDC_CLIENT_ID', 'OIDC_PRIVATE_KEY'] as const;
const OIDC_WITH_CERT = ['OIDC_ISSUER', 'OIDC_CLIENT_ID', 'OIDC_CLIENT_CERT'] as const;
const EMAIL = ['EMAIL_SERVER', 'EMAIL_FROM'] as const;

/** Refuses settings that do not go together, wherever the portal runs. */
export function checkAcross(env: Partial<Environment>, loopback: boolean, report: Report): void {
  const given = (name: keyof Environment) => Boolean(env[name]);
  const requireAll = (names: readonly (keyof Environment)[], why: string) => {
    for (const name of names) if (!given(name)) report(name, `is missing: ${why}`);
  };
  const requireHttps = (name: 'KUNACORE_API_URL' | 'KUNACORE_WIDGET_URL' | 'OIDC_ISSUER' | 'KYC_URL') => {
    if (given(name) && !isProtected(env[name], loopback))
      report(name, 'must be https: plain http is accepted between loopback addresses only');
  };

  requireHttps('KUNACORE_WIDGET_URL');
  if (toUrl(env.KUNACORE_WIDGET_URL)?.origin === env.NEXTAUTH_URL)
    report('KUNACORE_WIDGET_URL', "must not be the portal's own origin: the frame's sandbox would protect nothing");

  const frameOrigins = env.KUNACORE_WIDGET_FRAME_ORIGINS ?? [];
  if (!frameOrigins.every((origin) => isProtected(origin, loopback)))
    report('KUNACORE_WIDGET_FRAME_ORIGINS', 'must be https: plain http is accepted between loopback addresses only');
  else if (frameOrigins.some((origin) => origin === env.NEXTAUTH_URL))
    report(
      'KUNACORE_WIDGET_FRAME_ORIGINS',
      "must not name the portal's own origin: the frame's sandbox would protect nothing",
    );

  requireHttps('OIDC_ISSUER');
  // A private key takes the place of the secret, and so does a certificate that authenticates.
  const byCert = env.OIDC_CLIENT_AUTH?.endsWith('tls_client_auth');
  const oidc = byCert ? OIDC_WITH_CERT : given('OIDC_PRIVATE_KEY') ? OIDC_WITH_KEY : OIDC;
  if ([...OIDC, ...oidc].some(given)) {
    requireAll(oidc, `the identity provider needs all of ${oidc.join(', ')}`);
    checkOidc(env, report);
  }
  checkOperators(env, report);
  checkOffers(env, report);
  checkNetwork(env, report);
  if (EMAIL.some(given)) requireAll(EMAIL, `mails need ${EMAIL.join(' and ')}`);

  if (given('DATABASE_DIRECT_URL') && !given('DATABASE_URL'))
    report('DATABASE_DIRECT_URL', 'is set without DATABASE_URL: it is the same database, without the pooler');

  if ((env.INSTANCES ?? 1) > 1) checkInstances(env, report);

  if (env.KYC_FOUR_EYES === 'on' && env.KYC_MODE !== 'review')
    report('KYC_FOUR_EYES', 'is on, and KYC_MODE is not review: no operator would look at the details');

  const { SESSION_IDLE_MINUTES: idle = 0, SESSION_MAX_HOURS: longest = 0 } = env;
  if (idle > longest * 60)
    report('SESSION_IDLE_MINUTES', 'must not be longer than SESSION_MAX_HOURS: it would never end a session');

  checkTelemetry(env, report);

  // Kuna's own integration needs neither the API nor a sign-in.
  if (env.KUNACORE_WIDGET_TYPE === 'kuna') return;
  if (![...OIDC, ...EMAIL].some(given))
    report('OIDC_ISSUER', 'is missing: set OIDC_* or EMAIL_SERVER and EMAIL_FROM, so that people can sign in');
  requireAll(['KUNACORE_API_URL'], 'an address that starts with https://');
  requireHttps('KUNACORE_API_URL');
  requireHttps('KYC_URL');
  checkKyc(env, report);
  if (env.KUNACORE_CONTRACT && !readContract(env.KUNACORE_CONTRACT))
    report('KUNACORE_CONTRACT', 'must be the path of a file that `npm run check:kunacore` wrote, or empty');
  checkEncryption(env, report);
  if (!given('KUNACORE_API_KEY') && !LOGIN.some(given))
    report('KUNACORE_API_KEY', `is missing: set it, or ${LOGIN.join(', ')}`);
  else if (!given('KUNACORE_API_KEY')) requireAll(LOGIN, 'part of the login at KunaCore');
  else if (LOGIN.some(given))
    report(
      'KUNACORE_API_KEY',
      `is set together with ${LOGIN.filter(given).join(', ')}: choose one way to authenticate`,
    );
}

/**
 * Refuses what several instances cannot share. Next draws a key for each build where none is given, and the ids of server
 * actions depend on it: one build would not know the forms of the other.
 * https://nextjs.org/docs/app/guides/self-hosting#server-functions-encryption-key
 */
function checkInstances(env: Partial<Environment>, report: Report): void {
  if (!env.DATABASE_URL) report('INSTANCES', 'is more than 1, and the embedded database is for one process');
  if (env.BUILD_ACTIONS_KEY === 'random')
    report('INSTANCES', 'is more than 1, and NEXT_SERVER_ACTIONS_ENCRYPTION_KEY was not set for `npm run build`');
  else if (env.BUILD_DEPLOYMENT_ID === 'none')
    report('INSTANCES', 'is more than 1, and NEXT_DEPLOYMENT_ID was not set for `npm run build`');
}
