import 'server-only';
import { randomBytes } from 'node:crypto';
import type { NextAuthOptions } from 'next-auth';
import type { EmailConfig } from 'next-auth/providers/email';
import type { OAuthConfig } from 'next-auth/providers/oauth';
import { z } from 'zod';
import { safeCallbackPath } from '@/lib/auth/callback-url';
import { signInCookies } from '@/lib/auth/cookies';
import { type Config, config } from '@/lib/config/config';
import { savePrefill } from '@/lib/customers/prefill';
import { canonicalEmail, typedEmail } from '@/lib/email-address';
import { requestLanguage, toLanguage } from '@/lib/i18n/language';
import { describeError, log } from '@/lib/log/log';
import { LINK_MINUTES } from '@/lib/mail/link-minutes';
import { sendSignInLink } from '@/lib/mail/sign-in-link';
import { countFor } from '@/lib/rate-limits/request';
import { getServices } from '@/lib/services';
import { type Authentication, noAuthentication } from '@/lib/sessions/authentication';
import { findUser } from '@/lib/users/find';
import { hasOtherSubject, type Subject } from '@/lib/users/identities';
import { portalAdapter } from './adapter';
import { ASKS_NOTHING, type Asking, authenticationParams, isFromBefore } from './ask-again';
import { currentBrowser } from './browser';
import { type FailedSignIn, recordFailedSignIn } from './failed-sign-ins';
import { mayRequestLink } from './link-limits';
import { linkPath, readLink } from './links';
import { type OidcClaims, oidcClaims, toPrefill, toProviderSignIn } from './oidc-claims';

/**
 * Returns next-auth's configuration for one request: database sessions, OpenID Connect and e-mail links, no passwords.
 * @param browser describes the requesting browser. Tests pass their own, because they have no request of Next.
 * @param asking how the identity provider is asked to authenticate.
 */
export function authOptions(browser = currentBrowser, asking = ASKS_NOTHING): NextAuthOptions {
  const settings = config();
  const authentication = noAuthentication();
  return {
    adapter: portalAdapter(getServices, browser, authentication),
    secret: settings.secret,
    // The session's row decides about its end (lib/sessions/find.ts); the cookie only has to last as long.
    session: {
      strategy: 'database',
      maxAge: settings.session.maxHours * 3600,
      updateAge: settings.session.maxHours * 3600,
      // next-auth's own are UUIDs: 122 random bits (ASVS 5.0 7.2.3 asks for 128).
      generateSessionToken: () => randomBytes(32).toString('base64url'),
    },
    useSecureCookies: settings.secure,
    cookies: signInCookies(settings.secure),
    pages: { signIn: '/sign-in', error: '/sign-in', verifyRequest: '/sign-in/check-email' },
    providers: [
      ...(settings.oidc ? [oidcProvider(settings.oidc, asking)] : []),
      ...(settings.email ? [emailProvider(settings.email, settings.portalOrigin)] : []),
    ],
    callbacks: {
      // The address must be verified: it is the key of the customer at KunaCore.
      async signIn({ user, account, profile, email: mail }) {
        // A request for a link proves nothing: the response is the same for every address (ASVS 5.0 6.3.8).
        // The limit counts here, on the exact address that receives the mail.
        if (mail?.verificationRequest)
          return (await mayRequestLink(account?.providerAccountId ?? '')) || '/sign-in?error=RateLimited';
        const email = canonicalEmail(user.email ?? '');
        if (!email) return rejectSignIn('EmailInvalid');
        const claims = oidcClaims.safeParse(profile).data;
        const verified = account?.type !== 'oauth' || claims?.email_verified === true;
        if (!verified) return rejectSignIn('EmailNotVerified');
        // next-auth passes this on to linkAccount (adapter.ts), which compares it with the user's address.
        if (account) account.verifiedAddress = email;
        const rejectedPath = await checkUser(email, account?.type === 'oauth' ? account : null);
        if (rejectedPath) return rejectedPath;
        if (!account) return true;
        if (account.type === 'oauth' && isFromBefore(asking, claims?.auth_time)) return rejectSignIn('NotAskedAgain');
        Object.assign(authentication, { provider: account.provider }, toAuthentication(account.type, claims));
        // Before the first sign-in there is no account to count: `user.id` is the provider's subject or the address.
        const isKnown = z.uuid().safeParse(user.id).success && !('claims' in user);
        const withinLimit = !isKnown || (await countFor('sign-in-account', user.id)).allowed;
        return withinLimit || '/sign-in?error=RateLimited';
      },
      // Handles every input: next-auth itself fails on an invalid callback URL, for example from a cookie.
      redirect: ({ url, baseUrl }) => baseUrl + safeCallbackPath(url, baseUrl),
      // The browser needs nothing from next-auth's session; ids and claims stay on the server.
      session: ({ session, user }) => ({ expires: session.expires, user: { email: user.email } }),
    },
    events: {
      // Prefill only: when this fails, the person types the values.
      async signIn({ user, account, profile }) {
        // Unlike in the callback above, `profile` is the result of the provider's `profile` function below.
        const claims = account?.type === 'oauth' ? (profile as { claims?: OidcClaims }).claims : undefined;
        if (claims) await savePrefill(await getServices(), user.id, toPrefill(claims));
      },
    },
    logger: {
      error: (code, metadata) => {
        const error = metadata instanceof Error ? metadata : metadata.error;
        log().error({ event: 'sign_in_error', code, error: describeError(error) });
      },
      warn: (code) => log().warn({ event: 'sign_in_warning', code }),
      debug: () => {},
    },
  };
}

/**
 * Checks whether the user of an address may sign in.
 * @param subject of the person at the provider; null for a link.
 * @returns null when they may, or the path that explains the rejection.
 */
async function checkUser(email: string, subject: Subject | null): Promise<string | null> {
  try {
    const services = await getServices();
    const user = await findUser(services, email);
    if (!user) return null;
    if (user.blocked) return await rejectSignIn('Blocked', user.id);
    if (subject && (await hasOtherSubject(services, user.id, subject)))
      return await rejectSignIn('OtherIdentity', user.id);
    return null;
  } catch (error) {
    // next-auth would put the error message into an address.
    log().error({ event: 'sign_in_error', error: describeError(error) });
    return '/sign-in?error=Unavailable';
  }
}

/**
 * Returns when the person authenticated, as far as it counts as fresh: not without the provider's word on the time, and
 * not without the strength that STEP_UP asks for, which a link never has.
 */
function toAuthentication(
  type: string,
  claims: OidcClaims | undefined,
): Pick<Authentication, 'authTime' | 'atProvider'> {
  const { acr } = config().stepUp;
  const isStrong = acr === null || claims?.acr === acr;
  if (type !== 'oauth' || !claims) return { authTime: isStrong ? null : 0 };
  return { authTime: isStrong ? (claims.auth_time ?? 0) : 0, atProvider: toProviderSignIn(claims) };
}

/** Records a rejected sign-in. @returns the path that explains the rejection. */
async function rejectSignIn(reason: FailedSignIn, userId?: string): Promise<string> {
  await recordFailedSignIn(reason, userId);
  return `/sign-in?error=${reason}`;
}

/** Authorisation code with PKCE, state and nonce (OpenID Connect Core 3.1, RFC 9700 2.1). */
function oidcProvider(oidc: NonNullable<Config['oidc']>, asking: Asking): OAuthConfig<OidcClaims> {
  return {
    id: 'oidc',
    name: oidc.name,
    type: 'oauth',
    wellKnown: `${oidc.issuer}/.well-known/openid-configuration`,
    issuer: oidc.issuer,
    clientId: oidc.clientId,
    clientSecret: oidc.clientSecret,
    authorization: { params: { scope: 'openid email profile phone address', ...authenticationParams(asking) } },
    idToken: true,
    checks: ['pkce', 'state', 'nonce'],
    // Many providers return profile claims from the userinfo endpoint only. The client compares the two subjects.
    userinfo: {
      async request({ client, tokens }) {
        // The client trusts the discovery document, so a document of another issuer is rejected here (RFC 8414 3.3).
        if (client.issuer.metadata.issuer.replace(/\/+$/, '') !== oidc.issuer)
          throw new Error('Another issuer answers');
        const fromToken = (tokens as { claims?(): TokenClaims }).claims?.() ?? {};
        // Some providers answer `bearer` and accept `Bearer` alone (RFC 6750 2.1).
        if (/^bearer$/i.test(tokens.token_type ?? '')) tokens.token_type = 'Bearer';
        const fromEndpoint = client.issuer.metadata.userinfo_endpoint ? await client.userinfo(tokens as never) : {};
        // The client checks only the token.
        const { auth_time, acr, iat, sid } = fromToken;
        return oidcClaims.parse({ ...mergeClaims(fromToken, fromEndpoint), auth_time, acr, iat, sid });
      },
    },
    profile: (claims) => ({ id: claims.sub, email: canonicalEmail(claims.email ?? '') ?? '', claims }),
    // Safe here: every user's address was verified, by this provider or by an opened link. `checkUser` rejects a user
    // whom the provider knows under another subject.
    allowDangerousEmailAccountLinking: true,
  };
}

/** The claims of which only the ID token's count. */
interface TokenClaims {
  email?: unknown;
  auth_time?: number;
  acr?: unknown;
  iat?: number;
  sid?: unknown;
}

/** Merges claims; the endpoint's win. Drops the token's `email_verified` when the endpoint names another address. */
function mergeClaims(fromToken: { email?: unknown }, fromEndpoint: { email?: unknown }): object {
  const another = 'email' in fromEndpoint && fromEndpoint.email !== fromToken.email;
  return { ...fromToken, ...(another && { email_verified: undefined }), ...fromEndpoint };
}

/** Returns the e-mail provider. next-auth's own imports an old major version of nodemailer. */
function emailProvider(email: NonNullable<Config['email']>, portalOrigin: string): EmailConfig {
  return {
    id: 'email',
    type: 'email',
    name: 'Email',
    server: email.server,
    from: email.from,
    maxAge: LINK_MINUTES * 60,
    options: {},
    normalizeIdentifier(text) {
      const address = typedEmail(text);
      if (!address) throw new Error('not an e-mail address');
      return address;
    },
    sendVerificationRequest: async ({ identifier, url: callback }) => {
      const url = portalOrigin + linkPath(readLink(new URL(callback).searchParams, portalOrigin));
      const known = await findUser(await getServices(), identifier);
      const language = toLanguage(known?.language) ?? (await requestLanguage());
      await sendSignInLink(email, { to: identifier, url, portalOrigin, language });
    },
  };
}
