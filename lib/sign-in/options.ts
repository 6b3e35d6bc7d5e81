import { z } from 'zod';
import 'server-only';
import { randomBytes } from 'node:crypto';
import type { NextAuthOptions } from 'next-auth';
import type { EmailConfig } from 'next-auth/providers/email';
import type { OAuthConfig } from 'next-auth/providers/oauth';
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
import { services } from '@/lib/services';
import { noAuthentication, OLDEST_AUTHENTICATION_SECONDS } from '@/lib/sessions/authentication';
import { findUser } from '@/lib/users/find';
import { hasOtherSubject, type Subject } from '@/lib/users/identities';
import { portalAdapter } from './adapter';
import { currentBrowser } from './browser';
import { type FailedSignIn, recordFailedSignIn } from './failed-sign-ins';
import { mayRequestLink } from './link-limits';
import { linkPath, readLink } from './links';
import { type OidcClaims, oidcClaims, toPrefill } from './oidc-claims';

/**
 * next-auth's configuration for one request: database sessions, OpenID Connect and links by e-mail, no passwords.
 * @param browser tells what asks; tests have no request of Next to read it from.
 */
export function authOptions(browser = currentBrowser): NextAuthOptions {
  const settings = config();
  const authentication = noAuthentication();
  return {
    adapter: portalAdapter(services, browser, authentication),
    secret: settings.secret,
    // The cookie lives as long as the row may; the row decides (lib/auth/session.ts).
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
      ...(settings.oidc ? [oidcProvider(settings.oidc)] : []),
      ...(settings.email ? [emailProvider(settings.email, settings.portalOrigin)] : []),
    ],
    callbacks: {
      // Only a verified address gets in: it is the key of the customer at KunaCore.
      async signIn({ user, account, profile, email: mail }) {
        // Whoever asks for a link has proved nothing yet: the answer is the same for every address (ASVS 5.0 6.3.8).
        // The limit is counted here, on the very address that the mail goes to.
        if (mail?.verificationRequest)
          return (await mayRequestLink(account?.providerAccountId ?? '')) || '/sign-in?error=RateLimited';
        const email = canonicalEmail(user.email ?? '');
        if (!email) return rejectSignIn('EmailInvalid');
        const claims = oidcClaims.safeParse(profile).data;
        const verified = account?.type !== 'oauth' || claims?.email_verified === true;
        if (!verified) return rejectSignIn('EmailNotVerified');
        // What linkAccount (adapter.ts) compares with the user's own; next-auth passes it on.
        if (account) account.verifiedAddress = email;
        const refused = await refusal(email, account?.type === 'oauth' ? account : null);
        if (refused !== true || !account) return refused;
        Object.assign(authentication, { provider: account.provider, authTime: claims?.auth_time ?? null });
        // Until the first sign-in there is no account to count by: its id is the provider's subject, or the address.
        const isKnown = z.uuid().safeParse(user.id).success && !('claims' in user);
        const mayBegin = !isKnown || (await countFor('sign-in-account', user.id)).allowed;
        return mayBegin || '/sign-in?error=RateLimited';
      },
      // Total: next-auth would fail on a callback URL, in a cookie for example, that is none.
      redirect: ({ url, baseUrl }) => baseUrl + safeCallbackPath(url, baseUrl),
      // The browser needs nothing from next-auth's session; ids and claims stay on the server.
      session: ({ session, user }) => ({ expires: session.expires, user: { email: user.email } }),
    },
    events: {
      // Prefill only: when this fails the person types what the provider already knew.
      async signIn({ user, account, profile }) {
        // Here `profile` is what the provider's own `profile` below returned, unlike in the callback above.
        const claims = account?.type === 'oauth' ? (profile as { claims?: OidcClaims }).claims : undefined;
        if (claims) await savePrefill(await services(), user.id, toPrefill(claims));
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

/** Whether this person may come in: true, or where to send them. @param subject at the provider; null for a link. */
async function refusal(email: string, subject: Subject | null): Promise<string | true> {
  try {
    const parts = await services();
    const user = await findUser(parts, email);
    if (!user) return true;
    if (user.blocked) return await rejectSignIn('Blocked', user.id);
    if (subject && (await hasOtherSubject(parts, user.id, subject)))
      return await rejectSignIn('OtherIdentity', user.id);
    return true;
  } catch (error) {
    // next-auth would put the error's own words into an address.
    log().error({ event: 'sign_in_error', error: describeError(error) });
    return '/sign-in?error=Unavailable';
  }
}

/** Nobody gets in: where to send them, once that is recorded. */
async function rejectSignIn(reason: FailedSignIn, userId?: string): Promise<string> {
  await recordFailedSignIn(reason, userId);
  return `/sign-in?error=${reason}`;
}

/** Authorisation code with PKCE, state and nonce (OpenID Connect Core 3.1, RFC 9700 2.1). */
function oidcProvider(oidc: NonNullable<Config['oidc']>): OAuthConfig<OidcClaims> {
  return {
    id: 'oidc',
    name: oidc.name,
    type: 'oauth',
    wellKnown: `${oidc.issuer}/.well-known/openid-configuration`,
    issuer: oidc.issuer,
    clientId: oidc.clientId,
    clientSecret: oidc.clientSecret,
    // After "Sign out" on a shared computer the provider is to ask again. Both parameters travel through the browser,
    // where they can be struck out: what counts is the ID token's `auth_time`, which the client then insists on and
    // compares (OpenID Connect Core 3.1.2.1, 3.1.3.7).
    authorization: {
      params: {
        scope: 'openid email profile phone address',
        prompt: 'login',
        max_age: OLDEST_AUTHENTICATION_SECONDS,
      },
    },
    client: { default_max_age: OLDEST_AUTHENTICATION_SECONDS },
    idToken: true,
    checks: ['pkce', 'state', 'nonce'],
    // Many providers keep profile claims out of the id_token. The client compares the two subjects.
    userinfo: {
      async request({ client, tokens }) {
        // The client believes the discovery document; a document of somebody else is noticed here (RFC 8414 3.3).
        if (client.issuer.metadata.issuer.replace(/\/+$/, '') !== oidc.issuer)
          throw new Error('Another issuer answers');
        const fromToken = (tokens as { claims?(): { email?: unknown; auth_time?: number } }).claims?.() ?? {};
        const fromEndpoint = client.issuer.metadata.userinfo_endpoint ? await client.userinfo(tokens as never) : {};
        // The token alone is checked against `max_age`.
        return oidcClaims.parse({ ...mergeClaims(fromToken, fromEndpoint), auth_time: fromToken.auth_time });
      },
    },
    profile: (claims) => ({ id: claims.sub, email: canonicalEmail(claims.email ?? '') ?? '', claims }),
    // Safe here: every user's address was verified, by this provider or by a link that was opened, and who is known to
    // the provider under another subject is kept out above.
    allowDangerousEmailAccountLinking: true,
  };
}

/** The endpoint's word counts. That the token's address is verified says nothing of another one at the endpoint. */
function mergeClaims(fromToken: { email?: unknown }, fromEndpoint: { email?: unknown }): object {
  const another = 'email' in fromEndpoint && fromEndpoint.email !== fromToken.email;
  return { ...fromToken, ...(another && { email_verified: undefined }), ...fromEndpoint };
}

/** next-auth's e-mail provider as an object of ours: its own imports a nodemailer it pins to an old major. */
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
      const known = await findUser(await services(), identifier);
      const language = toLanguage(known?.language) ?? (await requestLanguage());
      await sendSignInLink(email, { to: identifier, url, portalOrigin, language });
    },
  };
}
