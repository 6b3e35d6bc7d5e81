import { randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Configuration, type Context, type Grant, interactionPolicy, Provider } from 'oidc-provider';
import { withoutOtherSites } from '../local-only';
import { BankSessions, logoutAddress } from './bank-sessions';
import { handleInteraction, isInteraction, repeatAnswer } from './interaction';
import { createMemoryAdapter, type MemoryAdapter } from './memory-adapter';
import { refusalPage, startPage } from './page';
import { STYLE_PATH, sendHtml, sendStyle } from './respond';
import { findClaims } from './sample-customers';
import { END_AT_BANK_PATH, END_SESSION_PATH, handleEndAtBank, handleEndSession, returnAddress } from './sign-out';
import { claimsFor, type IdentitySwitches, identitySwitches, isForMachines, withSwitches } from './switches';

export interface IdentityProvider {
  /** Does not listen yet. */
  server: Server;
  sessions: BankSessions;
}

export interface IdentityProviderOptions {
  /** The address for browsers and the portal, without a trailing slash. */
  issuer: string;
  clientId: string;
  clientSecret: string;
  /** Origins of the allowed portals. Each gets the redirect URI `/api/auth/callback/oidc`. */
  portalUrls: string[];
  /** What other providers do (switches.ts); nothing by default. */
  switches?: IdentitySwitches;
}

const CLIENT_NAME = 'Partner portal';
const SCOPES = 'openid email profile phone address';
const MINUTE = 60;

/**
 * Creates an OpenID Connect provider with one confidential client, whose sign-in page lists the sample customers.
 * Supports only the code flow with PKCE (RFC 9700 2.1.1), without consent. Who has signed in need not choose again, until
 * their session ends: here, or by the portal's sign-out. Every end is told to the portals.
 */
export function createIdentityProvider(options: IdentityProviderOptions): IdentityProvider {
  const { switches = identitySwitches.parse({}) } = options;
  const adapters = createMemoryAdapter();
  const stored: MemoryAdapter[] = [];
  const adapter = (kind: string) => {
    const made = adapters(kind);
    if (kind === 'Session') stored.push(made);
    return made;
  };
  const settings = { ...configuration(options, switches), adapter };
  const provider = new Provider(options.issuer, withSwitches(settings, switches));
  const sessions = new BankSessions(provider, options.portalUrls, () => stored.flatMap((one) => one.all()));
  provider.use(repeatAnswer);
  const protocol = provider.callback();
  const respond = (req: IncomingMessage, res: ServerResponse) => {
    const path = req.url?.split('?')[0] ?? '/';
    if (path === '/') sendHtml(res, 200, startPage(options.portalUrls, sessions.list()));
    else if (path === END_AT_BANK_PATH) void handleEndAtBank(sessions, req, res);
    else if (path === END_SESSION_PATH && switches.endSession === 'on')
      void handleEndSession(provider, sessions, options, req, res);
    else if (path === STYLE_PATH) sendStyle(res);
    else if (isInteraction(path)) void handleInteraction(provider, CLIENT_NAME, req, res);
    else void sleep(isForMachines(path) ? switches.slowMs : 0).then(() => protocol(req, res));
  };
  return { server: createServer(withoutOtherSites(respond, new URL(options.issuer).hostname)), sessions };
}

function configuration(options: IdentityProviderOptions, switches: IdentitySwitches): Omit<Configuration, 'adapter'> {
  return {
    clients: [client(options)],
    clientAuthMethods: ['client_secret_basic', 'client_secret_post'],
    clientBasedCORS: () => false,
    claims: {
      openid: ['sub'],
      email: ['email', 'email_verified'],
      profile: ['name', 'given_name', 'family_name', 'locale'],
      phone: ['phone_number'],
      address: ['address'],
    },
    // Distinct names, because all ports of a host share cookies.
    cookies: {
      names: { session: 'bankid_session', interaction: 'bankid_interaction', resume: 'bankid_resume' },
      keys: [randomBytes(32).toString('base64url')],
    },
    discovery: { prompt_values_supported: ['none', 'login'] },
    expiresWithSession: async () => false,
    features: {
      devInteractions: { enabled: false },
      rpInitiatedLogout: { enabled: switches.endSession === 'on' },
      backchannelLogout: { enabled: true },
    },
    // The library refuses to speak to this machine, where the portals are.
    fetch: (url, { dispatcher: _, ...init }) => fetch(url, init),
    findAccount: async (_ctx, sub) => {
      const claims = findClaims(sub);
      return claims && { accountId: sub, claims: async (use) => claimsFor(use, claims, switches) };
    },
    interactions: { policy: [signInUnlessSignedIn()] },
    jwks: { keys: [] },
    loadExistingGrant: grantWhatIsAsked,
    pkce: { required: () => true },
    renderError: showError,
    responseTypes: ['code'],
    scopes: ['openid'],
    ttl: {
      AccessToken: 10 * MINUTE,
      AuthorizationCode: MINUTE,
      Grant: 60 * MINUTE,
      IdToken: 10 * MINUTE,
      Interaction: 60 * MINUTE,
      Session: 60 * MINUTE,
    },
  };
}

function client({ clientId, clientSecret, portalUrls }: IdentityProviderOptions): Record<string, unknown> {
  return {
    client_id: clientId,
    client_secret: clientSecret,
    client_name: CLIENT_NAME,
    redirect_uris: portalUrls.map((url) => `${url}/api/auth/callback/oidc`),
    response_types: ['code'],
    grant_types: ['authorization_code'],
    post_logout_redirect_uris: portalUrls.map(returnAddress),
    backchannel_logout_uri: logoutAddress(portalUrls[0] ?? ''),
    backchannel_logout_session_required: true,
  };
}

/** The library's own rules for signing in, without those for consent. */
function signInUnlessSignedIn(): interactionPolicy.Prompt {
  const login = interactionPolicy.base().get('login');
  if (!login) throw new Error('The library has no rules for signing in');
  return login;
}

async function grantWhatIsAsked({ oidc }: Context): Promise<Grant> {
  const { clientId } = oidc.client;
  const grant = new oidc.provider.Grant({ clientId, accountId: oidc.session.accountId });
  grant.addOIDCScope(SCOPES);
  await grant.save(60 * MINUTE);
  return grant;
}

async function showError(ctx: Context, out: { error: string; error_description?: string }): Promise<void> {
  ctx.type = 'html';
  ctx.body = refusalPage(
    'Sign-in refused',
    `${out.error}: ${out.error_description ?? 'the request was not understood'}`,
  );
}
