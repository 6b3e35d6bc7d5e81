import type { OidcReason } from '../lib/sign-in/oidc-failure';

/** What each reason of a failed sign-in means, and what cures it. docs/identity/README.md shows the same texts. */
export const REASONS: Record<OidcReason, { means: string; remedy: string }> = {
  unreachable: {
    means: 'no connection to the provider',
    remedy: 'check the host in OIDC_ISSUER, DNS and the firewall between the portal and the provider',
  },
  tls: {
    means: "the provider's certificate is not trusted",
    remedy: 'name the CA in NODE_EXTRA_CA_CERTS, in the environment and not in .env, and check the host name',
  },
  timeout: {
    means: 'the provider kept silent for ten seconds',
    remedy: 'try again; if it stays, look at the provider or at a proxy on the way',
  },
  'provider-error': {
    means: 'the provider reports an error of its own (5xx, server_error)',
    remedy: "look into the provider's log",
  },
  metadata: {
    means: 'the metadata is missing, incomplete, or names an endpoint without https',
    remedy: 'OIDC_ISSUER must be the address to which /.well-known/openid-configuration is appended',
  },
  response: {
    means: 'a response of the provider cannot be read',
    remedy: 'open its address in a browser: a proxy or a page may answer instead of the provider',
  },
  cancelled: {
    means: 'the person stopped, or the provider denied access to them (access_denied)',
    remedy: 'if everybody is concerned, assign people to the application at the provider',
  },
  interaction: {
    means: 'the provider needs the person but may not ask them (login_required, consent_required)',
    remedy: 'grant consent for the application at the provider',
  },
  client: {
    means: 'the provider does not accept the client id or how the portal authenticates',
    remedy: 'compare OIDC_CLIENT_ID and OIDC_CLIENT_SECRET, or set OIDC_CLIENT_AUTH as the provider expects it',
  },
  scope: { means: 'the provider does not know a scope', remedy: 'set OIDC_SCOPES to the scopes that it offers' },
  request: {
    means: 'the provider refuses the request',
    remedy: 'if it does not know prompt=login, set OIDC_PROMPT=off; otherwise see its error code in the log',
  },
  code: {
    means: 'the code is used, too old, or for another redirect address',
    remedy: 'nothing, if it happens once; otherwise compare the clocks and the registered redirect address',
  },
  state: {
    means: 'this browser has no such sign-in: it took more than a quarter of an hour, or cookies are blocked',
    remedy: 'nothing, if it happens sometimes; if always, NEXTAUTH_URL is not the address that people open',
  },
  token: {
    means: 'there is no ID token, or it cannot be read',
    remedy: 'the scope openid must be allowed for the client, and ID tokens must not be encrypted',
  },
  alg: {
    means: 'the ID token is signed with an algorithm that the metadata does not list',
    remedy: 'set OIDC_ID_TOKEN_ALG to the algorithm that the provider uses for this client',
  },
  keys: {
    means: "the provider's key set has no key for the ID token",
    remedy: 'look at jwks_uri: after a change of keys the provider must publish the new one first',
  },
  signature: {
    means: 'the signature is wrong',
    remedy: 'a token is changed on its way, or OIDC_CLIENT_SECRET is wrong where HS256 is used',
  },
  nonce: { means: 'the ID token is for another sign-in', remedy: 'the provider must return nonce in the ID token' },
  issuer: {
    means: 'the provider calls itself otherwise than OIDC_ISSUER',
    remedy: 'set OIDC_ISSUER to the issuer of the metadata; at Microsoft use your tenant, not common',
  },
  audience: {
    means: 'the ID token is for another client',
    remedy: 'compare OIDC_CLIENT_ID; the provider must not add other audiences without azp',
  },
  time: {
    means: 'the ID token has expired, is not valid yet, or has no time',
    remedy: 'set both clocks by NTP: they may differ by a minute',
  },
  'auth-time': {
    means: 'the ID token does not say when the person authenticated',
    remedy: 'have the provider send auth_time, or set OIDC_PROMPT=off, select_account or consent',
  },
  stale: {
    means: 'the person authenticated more than five minutes ago',
    remedy: 'nothing, if it happens once; otherwise the provider ignores prompt=login and max_age',
  },
  subject: {
    means: 'ID token and userinfo are about different people, or about nobody',
    remedy: 'the provider must send the same sub in both',
  },
  userinfo: {
    means: 'the userinfo cannot be read',
    remedy: 'it must be JSON or a signed JWT, with the access token of the sign-in',
  },
  'email-missing': {
    means: 'there is no e-mail address',
    remedy: 'allow the scope email, or map the address into the ID token or the userinfo',
  },
  'email-invalid': { means: 'the e-mail address is none', remedy: 'correct it in the directory' },
  'email-trust': {
    means: 'nothing says that the address is verified, or two places contradict each other',
    remedy: 'have the provider send email_verified, or decide otherwise by OIDC_EMAIL_TRUST',
  },
};
