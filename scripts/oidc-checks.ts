import type { OidcConfig } from '../lib/config/oidc';
import { publicKey } from '../lib/config/oidc';
import {
  assertionAlgFor,
  authorizationParams,
  createClient,
  discover,
  idTokenAlgorithms,
  listOf,
  newChecks,
  type OidcIssuer,
  redeem,
  scopesFor,
} from '../lib/sign-in/oidc-client';
import { OidcFailure, providerFailure } from '../lib/sign-in/oidc-failure';
import { REASONS } from './oidc-reasons';

/** One line of the report. A `failed` one stops people from signing in; a `note` may. */
export interface Finding {
  kind: 'ok' | 'note' | 'failed';
  text: string;
  /** What cures it. */
  remedy?: string;
}

const ok = (text: string): Finding => ({ kind: 'ok', text });
const note = (text: string, remedy?: string): Finding => ({ kind: 'note', text, remedy });
const failed = (text: string, remedy: string): Finding => ({ kind: 'failed', text, remedy });

/** Tries the settings of the identity provider, without signing anybody in. */
export async function checkOidc(oidc: OidcConfig, portalOrigin: string): Promise<Finding[]> {
  const redirectUri = `${portalOrigin}/api/auth/callback/oidc`;
  try {
    const issuer = await discover(oidc);
    return [
      ok(`metadata of ${issuer.metadata.issuer}`),
      ...checkMetadata(issuer, oidc),
      await checkClock(oidc),
      await checkAuthorization(issuer, oidc, redirectUri),
      await checkToken(issuer, oidc, redirectUri),
      ...toRegister(issuer, oidc, portalOrigin),
    ];
  } catch (error) {
    if (!(error instanceof OidcFailure)) throw error;
    return [await explainDiscovery(error, oidc)];
  }
}

/** Adds what the address answers to the reason, as far as that helps. */
async function explainDiscovery({ reason }: OidcFailure, { issuer }: OidcConfig): Promise<Finding> {
  const { means, remedy } = REASONS[reason];
  const address = `${issuer}/.well-known/openid-configuration`;
  const text = `${address}: ${means} (${reason})`;
  if (reason !== 'issuer') return failed(text, remedy);
  const { issuer: name } = (await (await fetch(address)).json()) as { issuer?: unknown };
  return failed(`${text}; it says ${JSON.stringify(name)}`, remedy);
}

function checkMetadata(issuer: OidcIssuer, oidc: OidcConfig): Finding[] {
  return [
    ...checkFlow(issuer),
    ...checkScopes(issuer, oidc),
    checkIdToken(issuer, oidc),
    checkClientAuth(issuer, oidc),
    ...checkPrompt(issuer, oidc),
    ...checkClaims(issuer, oidc),
  ];
}

function checkFlow(issuer: OidcIssuer): Finding[] {
  const missing = (name: string, value: string) => {
    const listed = listOf(issuer, name);
    return listed.length > 0 && !listed.includes(value);
  };
  return [
    ...(missing('response_types_supported', 'code')
      ? [failed('the provider does not offer the response type code', 'enable the authorisation code flow there')]
      : []),
    ...(missing('code_challenge_methods_supported', 'S256')
      ? [failed('the provider does not offer PKCE with S256', 'enable PKCE (S256) there')]
      : []),
  ];
}

function checkScopes(issuer: OidcIssuer, oidc: OidcConfig): Finding[] {
  const asked = scopesFor(issuer, oidc);
  const offered = listOf(issuer, 'scopes_supported');
  const unknown = offered.length > 0 ? asked.split(' ').filter((scope) => !offered.includes(scope)) : [];
  const without = asked.split(' ').includes('email')
    ? []
    : [failed('OIDC_SCOPES lacks email, so the provider sends no address', 'add email to OIDC_SCOPES')];
  if (unknown.length > 0)
    return [...without, note(`the metadata does not list the scopes ${unknown.join(', ')}`, REASONS.scope.remedy)];
  return [...without, ok(`scopes ${asked}`)];
}

function checkIdToken(issuer: OidcIssuer, { idTokenAlg }: OidcConfig): Finding {
  const listed = listOf(issuer, 'id_token_signing_alg_values_supported');
  if (idTokenAlg && listed.length > 0 && !listed.includes(idTokenAlg))
    return failed(
      `OIDC_ID_TOKEN_ALG is ${idTokenAlg}, and the metadata lists ${listed.join(', ')}`,
      'empty it, or set one of these',
    );
  const accepted = idTokenAlg ? [idTokenAlg] : idTokenAlgorithms(issuer);
  if (accepted.length === 0)
    return failed(
      `the metadata lists no asymmetric signature, only ${listed.join(', ')}`,
      'have ID tokens signed with RS256, PS256 or ES256, or set OIDC_ID_TOKEN_ALG=HS256',
    );
  return ok(`ID tokens signed with ${accepted.join(', ')}`);
}

function checkClientAuth(issuer: OidcIssuer, oidc: OidcConfig): Finding {
  const listed = listOf(issuer, 'token_endpoint_auth_methods_supported');
  const usable = listed.filter((one) => /^(client_secret_basic|client_secret_post|private_key_jwt)$/.test(one));
  const method = oidc.clientAuth ?? (usable.find((one) => one.startsWith('client_secret')) || 'client_secret_basic');
  if (listed.length > 0 && !listed.includes(method))
    return failed(
      `the portal authenticates by ${method}, and the metadata lists ${listed.join(', ')}`,
      usable.length > 0 ? `set OIDC_CLIENT_AUTH to ${usable.join(' or ')}` : 'register another kind of client',
    );
  const algorithms = listOf(issuer, 'token_endpoint_auth_signing_alg_values_supported');
  const alg = assertionAlgFor(issuer, oidc);
  if (method === 'private_key_jwt' && algorithms.length > 0 && !algorithms.includes(alg ?? ''))
    return failed(
      `OIDC_PRIVATE_KEY signs with ${alg}, and the metadata lists ${algorithms.join(', ')}`,
      'make a key of another type, such as EC P-256 for ES256 or RSA for PS256',
    );
  return ok(`client authentication ${method}${method === 'private_key_jwt' ? ` with ${alg}` : ''}`);
}

function checkPrompt(issuer: OidcIssuer, { prompt }: OidcConfig): Finding[] {
  const listed = listOf(issuer, 'prompt_values_supported');
  // `auto` asks for `login` after a sign-out.
  const asked = prompt === 'auto' ? 'login' : prompt;
  if (asked === 'off' || listed.length === 0 || listed.includes(asked)) return [];
  return [
    failed(
      `OIDC_PROMPT is ${prompt}, and the metadata lists ${listed.join(', ')}`,
      `set OIDC_PROMPT to off${listed.includes('login') ? ' or login' : ''}`,
    ),
  ];
}

function checkClaims(issuer: OidcIssuer, { prompt, emailTrust }: OidcConfig): Finding[] {
  const listed = listOf(issuer, 'claims_supported');
  const lacks = (claim: string) => listed.length > 0 && !listed.includes(claim);
  return [
    ...(lacks('email') ? [note('the metadata does not list the claim email', REASONS['email-missing'].remedy)] : []),
    ...(emailTrust === 'claim' && lacks('email_verified')
      ? [note('the metadata does not list the claim email_verified', REASONS['email-trust'].remedy)]
      : []),
    ...(prompt === 'login' && lacks('auth_time')
      ? [note('the metadata does not list the claim auth_time', REASONS['auth-time'].remedy)]
      : []),
  ];
}

async function checkClock({ issuer }: OidcConfig): Promise<Finding> {
  const { headers } = await fetch(`${issuer}/.well-known/openid-configuration`);
  const difference = Math.round((Date.parse(headers.get('date') ?? '') - Date.now()) / 1000);
  if (Number.isNaN(difference)) return note('the provider does not say what time it is');
  if (Math.abs(difference) > 60)
    return failed(`the provider's clock differs from this machine's by ${difference} s`, REASONS.time.remedy);
  return ok('both clocks agree');
}

const NEEDS_THE_PERSON = ['login_required', 'interaction_required', 'consent_required', 'account_selection_required'];

/** Asks for a sign-in without showing a page: the provider must lead back and say that it needs the person. */
async function checkAuthorization(issuer: OidcIssuer, oidc: OidcConfig, redirectUri: string): Promise<Finding> {
  const client = createClient(issuer, oidc, redirectUri);
  const asking = { prompt: 'none', maxAge: null, acr: null };
  const address = client.authorizationUrl(authorizationParams(issuer, oidc, newChecks(null), asking));
  const response = await fetch(address, { redirect: 'manual' }).catch(() => null);
  const location = response?.headers.get('location') ?? '';
  if (location.startsWith(redirectUri)) return answered(new URL(location.replace('#', '?')).searchParams);
  if (!response || response.status >= 500)
    return failed('the authorisation endpoint does not answer', REASONS['provider-error'].remedy);
  const number = /AADSTS\d{4,8}/.exec(await response.text())?.[0];
  if (response.status >= 400 || number)
    return failed(
      `the provider refuses the client id or the redirect address (${number ?? response.status})`,
      `compare OIDC_CLIENT_ID, and register ${redirectUri} exactly`,
    );
  return note('the authorisation endpoint answers with a page', 'open "Continue with …" and see whether it complains');
}

function answered(back: URLSearchParams): Finding {
  const error = back.get('error') ?? '';
  if (!error || NEEDS_THE_PERSON.includes(error)) return ok('the client id and the redirect address are registered');
  const { reason, providerError, number } = providerFailure(error, back.get('error_description') ?? '');
  const { means, remedy } = REASONS[reason];
  return failed(`authorisation: ${means} (${[reason, providerError, number].filter(Boolean).join(', ')})`, remedy);
}

/** Redeems a code that does not exist: the provider checks the client first (RFC 6749 5.2), and then refuses the code. */
async function checkToken(issuer: OidcIssuer, oidc: OidcConfig, redirectUri: string): Promise<Finding> {
  const checks = newChecks(null);
  try {
    const params = { code: 'check-oidc', state: checks.state, iss: issuer.metadata.issuer };
    await redeem(createClient(issuer, oidc, redirectUri), redirectUri, params, checks);
  } catch (error) {
    if (!(error instanceof OidcFailure)) throw error;
    const { reason, providerError, number } = error;
    if (reason === 'code') return ok('the provider accepts how the portal authenticates');
    const { means, remedy } = REASONS[reason];
    const text = `token endpoint: ${means} (${[reason, providerError, number].filter(Boolean).join(', ')})`;
    return reason === 'request' ? note(text, 'it may not like the code that was made up') : failed(text, remedy);
  }
  return failed('the token endpoint gives a token for a code that was made up', 'this is no identity provider to use');
}

function toRegister(issuer: OidcIssuer, { privateKey }: OidcConfig, portalOrigin: string): Finding[] {
  const canEnd = typeof issuer.metadata.end_session_endpoint === 'string';
  const endsBack = issuer.metadata.backchannel_logout_supported === true;
  return [
    note(`register as redirect address: ${portalOrigin}/api/auth/callback/oidc`),
    ...(canEnd ? [note(`register as address after a logout: ${portalOrigin}/sign-out/done`)] : []),
    ...(endsBack ? [note(`register for back-channel logout: ${portalOrigin}/api/auth/backchannel-logout`)] : []),
    ...(privateKey ? [note(`register as public key: ${JSON.stringify(publicKey(privateKey))}`)] : []),
  ];
}
