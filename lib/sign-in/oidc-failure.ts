/** Every reason for which a sign-in at the identity provider fails. docs/identity/README.md explains each. */
export const OIDC_REASONS = [
  // The provider cannot be reached, or answers nonsense.
  'unreachable',
  'tls',
  'timeout',
  'provider-error',
  'metadata',
  'response',
  // The provider refuses the request.
  'cancelled',
  'interaction',
  'client',
  'scope',
  'request',
  'code',
  // The browser does not bring back what it took along.
  'state',
  // The ID token or the userinfo is refused.
  'token',
  'alg',
  'keys',
  'signature',
  'nonce',
  'issuer',
  'audience',
  'time',
  'auth-time',
  'stale',
  'subject',
  'userinfo',
  // The address cannot be used.
  'email-missing',
  'email-invalid',
  'email-trust',
] as const;

export type OidcReason = (typeof OIDC_REASONS)[number];

/** The error codes of RFC 6749 4.1.2.1 and 5.2, RFC 6750 3.1 and OpenID Connect Core 3.1.2.6. */
const PROVIDER_ERRORS = [
  'access_denied',
  'account_selection_required',
  'consent_required',
  'insufficient_scope',
  'interaction_required',
  'invalid_client',
  'invalid_grant',
  'invalid_request',
  'invalid_request_object',
  'invalid_request_uri',
  'invalid_scope',
  'invalid_token',
  'login_required',
  'registration_not_supported',
  'request_not_supported',
  'request_uri_not_supported',
  'server_error',
  'temporarily_unavailable',
  'unauthorized_client',
  'unsupported_grant_type',
  'unsupported_response_type',
] as const;

type ProviderError = (typeof PROVIDER_ERRORS)[number] | 'other';

/** A failed sign-in, in words that may be logged: all of them come from closed lists. */
export class OidcFailure extends Error {
  override readonly name = 'OidcFailure';
  constructor(
    readonly reason: OidcReason,
    /** The provider's own error code. */
    readonly providerError?: ProviderError,
    /** Microsoft's number of the error, such as AADSTS650053. */
    readonly number?: string,
  ) {
    super(`Sign-in at the identity provider failed: ${reason}`);
  }
}

/** Maps the provider's codes to our reasons. */
const REASON_OF_CODE: Partial<Record<ProviderError, OidcReason>> = {
  access_denied: 'cancelled',
  login_required: 'interaction',
  interaction_required: 'interaction',
  consent_required: 'interaction',
  account_selection_required: 'interaction',
  invalid_client: 'client',
  unauthorized_client: 'client',
  invalid_scope: 'scope',
  insufficient_scope: 'scope',
  invalid_grant: 'code',
  invalid_token: 'userinfo',
  server_error: 'provider-error',
  temporarily_unavailable: 'provider-error',
};

/** Translates an error that the provider sent back (OpenID Connect Core 3.1.2.6, RFC 6749 5.2). */
export function providerFailure(error: string, description = ''): OidcFailure {
  const code = PROVIDER_ERRORS.find((known) => known === error) ?? 'other';
  return new OidcFailure(REASON_OF_CODE[code] ?? 'request', code, /\bAADSTS\d{4,8}\b/.exec(description)?.[0]);
}

/** Maps the messages of openid-client 5 (lib/client.js, lib/helpers/issuer.js) to our reasons; the first match counts. */
const REASON_OF_MESSAGE: [RegExp, OidcReason][] = [
  [/unexpected JWT alg/, 'alg'],
  [/no valid key found|multiple matching keys|jwks_uri/, 'keys'],
  [/failed to validate JWT signature/, 'signature'],
  [/nonce mismatch/, 'nonce'],
  [/state mismatch|state missing|checks\.state/, 'state'],
  [/unexpected iss|iss mismatch|iss missing|property iss/, 'issuer'],
  [/aud mismatch|aud is missing|azp|property aud/, 'audience'],
  [/too much time has elapsed/, 'stale'],
  [/auth_time/, 'auth-time'],
  [/JWT expired|not active yet|property (exp|iat)|(exp|nbf|iat) claim/, 'time'],
  [/sub mismatch|property sub/, 'subject'],
  [/userinfo|access_token not present|no access token/, 'userinfo'],
  [/id_token|failed to decode JWT|_hash|missing from response/, 'token'],
  [/timed out/, 'timeout'],
];

const TLS = /^(ERR_TLS|ERR_SSL|EPROTO|CERT_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO_)/;
const NETWORK = /^(E[A-Z]+|UND_ERR_|PROXY_)/;

/** Translates what openid-client or the network throws. @param at the reason of anything unknown. */
export function toOidcFailure(error: unknown, at: OidcReason): OidcFailure {
  if (error instanceof OidcFailure) return error;
  if (!(error instanceof Error)) return new OidcFailure(at);
  const { code, error: sent, error_description: description, response } = error as OpenIdError;
  const status = response?.statusCode ?? 0;
  if (status >= 500) return new OidcFailure('provider-error');
  // Metadata and keys are plain documents: an error code in their place says nothing.
  const speaksOAuth = at === 'response' || at === 'userinfo';
  if (speaksOAuth && typeof sent === 'string' && !sent.startsWith('expected '))
    return providerFailure(sent, description);
  if (typeof code === 'string' && TLS.test(code)) return new OidcFailure('tls');
  if (typeof code === 'string' && NETWORK.test(code)) return new OidcFailure('unreachable');
  if (typeof sent === 'string' || error instanceof SyntaxError) return new OidcFailure(at);
  return new OidcFailure(REASON_OF_MESSAGE.find(([message]) => message.test(error.message))?.[1] ?? at);
}

interface OpenIdError extends Error {
  code?: unknown;
  error?: unknown;
  error_description?: string;
  response?: { statusCode?: number };
}

/** The error of the sign-in page (messages: signIn.errors), which says what the person can do about it. */
export function pageErrorOf(reason: OidcReason): string {
  switch (reason) {
    case 'cancelled':
    case 'interaction':
      return 'OAuthCancelled';
    case 'state':
    case 'code':
    case 'stale':
      return 'OAuthCallback';
    case 'unreachable':
    case 'timeout':
    case 'provider-error':
      return 'OAuthSignin';
    case 'email-trust':
      return 'EmailNotVerified';
    case 'email-missing':
    case 'email-invalid':
      return 'EmailInvalid';
    default:
      return 'OAuthSetup';
  }
}
