import 'server-only';
import { type Client, type CustomHttpOptionsProvider, custom, generators, Issuer, type TokenSet } from 'openid-client';
import { z } from 'zod';
import { isProtected } from '@/lib/config/environment';
import { ASYMMETRIC_ALGORITHMS, assertionAlgorithms, DEFAULT_SCOPES, type OidcConfig } from '@/lib/config/oidc';
import { verifiedClaimsRequest } from '@/lib/kyc/verified-claims';
import { httpsAgent } from '@/lib/network/https-agent';
import { network } from '@/lib/network/network';
import { traced } from '@/lib/telemetry/telemetry';
import type { Asking } from './ask-again';
import { OidcFailure, type OidcReason, toOidcFailure } from './oidc-failure';

// The only connection to the identity provider. Every function throws an OidcFailure.

/** The provider, as its metadata describes it. */
export type OidcIssuer = Issuer;

/** Values of one sign-in that its response must match. */
export interface Checks {
  state: string;
  nonce: string;
  codeVerifier: string;
  /** Limits the age of the authentication, in seconds; null where the provider decides. */
  maxAge: number | null;
}

/** How long the provider may keep silent. Banks' own systems behind it need seconds. */
const SILENCE_MS = 10_000;
/** Clocks of the provider and the portal may differ by this. */
const CLOCK_TOLERANCE_SECONDS = 60;

custom.setHttpOptionsDefaults({ timeout: SILENCE_MS });

/** Chooses the way to the provider, with OIDC_CLIENT_CERT where it is set. Plain http is used on this machine only. */
function httpOptions(issuer: string): CustomHttpOptionsProvider {
  const keyPair = keyPairFor(issuer);
  return ({ protocol }) => (protocol === 'https:' ? { agent: httpsAgent(keyPair), ...keyPair } : {});
}

function keyPairFor(issuer: string) {
  return network().keyPairs.get(new URL(issuer).origin);
}

/** Reads the provider's metadata (OpenID Connect Discovery 4). */
export async function discover({ issuer, loopback }: OidcConfig): Promise<OidcIssuer> {
  Issuer[custom.http_options] = httpOptions(issuer);
  const found = await sendWithRetry(() => Issuer.discover(`${issuer}/.well-known/openid-configuration`), 'metadata');
  const parsed = metadata(loopback).safeParse(found.metadata);
  if (!parsed.success) throw new OidcFailure('metadata');
  // The client trusts the document, so a document of another issuer is rejected here (RFC 8414 3.3).
  if (withoutSlash(parsed.data.issuer) !== issuer) throw new OidcFailure('issuer');
  found[custom.http_options] = httpOptions(issuer);
  return found;
}

/** The metadata that a sign-in needs. Endpoints must be https. */
function metadata(loopback: boolean) {
  const endpoint = z.url().refine((text) => isProtected(text, loopback));
  return z.object({
    issuer: z.string(),
    authorization_endpoint: endpoint,
    token_endpoint: endpoint,
    jwks_uri: endpoint.optional(),
    userinfo_endpoint: endpoint.optional(),
    // Where client certificates are asked for (RFC 8705 5).
    mtls_endpoint_aliases: z.record(z.string(), endpoint).optional(),
  });
}

/** Makes the secrets of a new sign-in: 256 random bits each. */
export function newChecks(maxAge: number | null): Checks {
  return { state: generators.state(), nonce: generators.nonce(), codeVerifier: generators.codeVerifier(), maxAge };
}

/** Returns the parameters of the authorisation request. */
export function authorizationParams(
  issuer: OidcIssuer,
  oidc: OidcConfig,
  checks: Checks,
  asking: Pick<Asking, 'maxAge' | 'acr'> & { prompt: string },
) {
  const modes = listOf(issuer, 'response_modes_supported');
  const claims = oidc.asksForVerifiedClaims ? verifiedClaimsRequest(issuer.metadata) : null;
  return {
    scope: scopesFor(issuer, oidc),
    state: checks.state,
    nonce: checks.nonce,
    code_challenge: generators.codeChallenge(checks.codeVerifier),
    code_challenge_method: 'S256',
    ...(asking.prompt !== 'off' && { prompt: asking.prompt }),
    ...(asking.maxAge !== null && { max_age: asking.maxAge }),
    ...(asking.acr !== null && { acr_values: asking.acr }),
    ...(claims !== null && { claims }),
    // `query` is what OAuth has always had. A provider that offers the form alone gets asked for it.
    ...(modes.includes('form_post') && !modes.includes('query') && { response_mode: 'form_post' }),
  };
}

/** Returns OIDC_SCOPES, or the default ones with `phone` and `address` where the provider offers them. */
export function scopesFor(issuer: OidcIssuer, { scopes }: Pick<OidcConfig, 'scopes'>): string {
  const offered = listOf(issuer, 'scopes_supported');
  return scopes ?? [DEFAULT_SCOPES, ...['phone', 'address'].filter((scope) => offered.includes(scope))].join(' ');
}

/** Redeems the code and checks the ID token. @param params of the response, as the browser brought them. */
export async function redeem(
  client: Client,
  redirectUri: string,
  params: Record<string, string | undefined>,
  { state, nonce, codeVerifier, maxAge }: Checks,
): Promise<TokenSet> {
  // Loaded ahead of the code, which can be redeemed only once.
  const issuer = client.issuer as OidcIssuer & { reloadJwksUri(): Promise<void> };
  if (issuer.metadata.jwks_uri) await sendWithRetry(() => issuer.reloadJwksUri(), 'keys');
  const checks = { state, nonce, code_verifier: codeVerifier, response_type: 'code' };
  const limit = maxAge === null ? {} : { max_age: maxAge };
  return send(() => client.callback(redirectUri, params, { ...checks, ...limit }), 'response');
}

/** Returns the userinfo: JSON, or a JWT that the provider signed; nothing where it has no endpoint. */
export async function userinfo(client: Client, signed: Client, tokens: TokenSet): Promise<object> {
  if (!client.issuer.metadata.userinfo_endpoint) return {};
  // Some providers answer `bearer` and accept `Bearer` alone (RFC 6750 2.1).
  if (/^bearer$/i.test(tokens.token_type ?? '')) tokens.token_type = 'Bearer';
  try {
    return await sendWithRetry(() => client.userinfo(tokens), 'userinfo');
  } catch (error) {
    if (!(error instanceof OidcFailure) || !(error.cause instanceof SyntaxError)) throw error;
    return await sendWithRetry(() => signed.userinfo(tokens), 'userinfo');
  }
}

/** Makes the client. @param userinfoAlg the signature of the userinfo; undefined for JSON. */
export function createClient(issuer: OidcIssuer, oidc: OidcConfig, redirectUri: string, userinfoAlg?: string): Client {
  const { clientId, clientSecret, clientAuth, privateKey, idTokenAlg } = oidc;
  const bindsTokens = Boolean(issuer.metadata.tls_client_certificate_bound_access_tokens && keyPairFor(oidc.issuer));
  const assertionAlg = privateKey && assertionAlgFor(issuer, oidc);
  const client = new issuer.Client(
    {
      client_id: clientId,
      redirect_uris: [redirectUri],
      id_token_signed_response_alg: idTokenAlg ?? 'RS256',
      ...(clientSecret && { client_secret: clientSecret }),
      ...(clientAuth && { token_endpoint_auth_method: clientAuth }),
      ...(assertionAlg && clientAuth === 'private_key_jwt' && { token_endpoint_auth_signing_alg: assertionAlg }),
      // Then userinfo, too, is asked where certificates are (RFC 8705 3).
      ...(bindsTokens && { tls_client_certificate_bound_access_tokens: true }),
      ...(userinfoAlg && { userinfo_signed_response_alg: userinfoAlg }),
    },
    privateKey && assertionAlg ? { keys: [{ ...privateKey, alg: assertionAlg } as never] } : undefined,
  );
  client[custom.http_options] = httpOptions(oidc.issuer);
  client[custom.clock_tolerance] = CLOCK_TOLERANCE_SECONDS;
  if (!idTokenAlg) acceptListed(client, idTokenAlgorithms(issuer));
  return client;
}

/** Returns the asymmetric algorithms that the metadata lists; RS256, which every provider has, if it lists none. */
export function idTokenAlgorithms(issuer: OidcIssuer): string[] {
  const listed = listOf(issuer, 'id_token_signing_alg_values_supported');
  return listed.length === 0 ? ['RS256'] : ASYMMETRIC_ALGORITHMS.filter((alg) => listed.includes(alg));
}

/** Returns the algorithm to sign client assertions with: the key's first that the metadata lists, if it lists any. */
export function assertionAlgFor(issuer: OidcIssuer, { privateKey }: OidcConfig): string | undefined {
  const possible = privateKey ? assertionAlgorithms(privateKey) : [];
  const listed = listOf(issuer, 'token_endpoint_auth_signing_alg_values_supported');
  return possible.find((alg) => listed.includes(alg)) ?? possible[0];
}

interface Verifier {
  validateJWT(jwt: string, expectedAlg: string, ...rest: unknown[]): Promise<unknown>;
}

/**
 * Lets the provider choose among the algorithms that it lists. openid-client 5 expects exactly one for each client,
 * although a provider may list several and sign with any. All are asymmetric, and the key comes from the provider's
 * key set, whose type must fit, so no algorithm can be passed off as another.
 */
function acceptListed(client: Client, listed: string[]): void {
  const verifier = client as unknown as Verifier;
  const { validateJWT } = verifier;
  verifier.validateJWT = (jwt, expected, ...rest) => {
    const used = algOf(jwt);
    return validateJWT.call(client, jwt, used && listed.includes(used) ? used : (listed[0] ?? expected), ...rest);
  };
}

function algOf(jwt: string): string | null {
  try {
    const header: unknown = JSON.parse(Buffer.from(jwt.split('.')[0] ?? '', 'base64url').toString());
    return z.object({ alg: z.string() }).parse(header).alg;
  } catch {
    return null;
  }
}

/** Returns a list of the metadata, whatever it holds. */
export function listOf(issuer: OidcIssuer, name: string): string[] {
  return z.array(z.string()).catch([]).parse(issuer.metadata[name]);
}

/** Calls the provider. @throws OidcFailure with the reason, or with that of the step. */
function send<T>(call: () => Promise<T>, at: OidcReason): Promise<T> {
  return traced(
    { name: 'kuna_portal.provider', kind: 'client', attributes: { 'kuna_portal.step': at } },
    async (span) => {
      try {
        return await call();
      } catch (error) {
        const failure = toOidcFailure(error, at);
        span.set({ 'kuna_portal.reason': failure.reason });
        throw Object.assign(failure, { cause: error });
      }
    },
  );
}

/** Repeats the request once after silence or a failure of the provider. For requests that change nothing. */
async function sendWithRetry<T>(call: () => Promise<T>, at: OidcReason): Promise<T> {
  try {
    return await send(call, at);
  } catch (error) {
    const { reason } = error as OidcFailure;
    if (reason !== 'timeout' && reason !== 'unreachable' && reason !== 'provider-error') throw error;
    return send(call, at);
  }
}

function withoutSlash(text: string): string {
  return text.replace(/\/+$/, '');
}
