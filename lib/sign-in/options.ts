import 'server-only';
import { randomBytes } from 'node:crypto';
import type { NextAuthOptions } from 'next-auth';
import type { EmailConfig } from 'next-auth/providers/email';
import type { OAuthConfig } from 'next-auth/providers/oauth';
import { z } from 'zod';
import { safeCallbackPath } from '@/lib/auth/callback-url';
import { signInCookies } from '@/lib/auth/cookies';
import { type Config, config } from '@/lib/config/config';
import { toLanguage } from '@/lib/config/language';
import { moveAddress } from '@/lib/customers/move-address';
import { savePrefill } from '@/lib/customers/prefill';
import { canonicalEmail, typedEmail } from '@/lib/email-address';
import { requestLanguage } from '@/lib/i18n/language';
import { markRecheck } from '@/lib/kyc/recheck';
import { describeError, log } from '@/lib/log/log';
import { LINK_MINUTES } from '@/lib/mail/link-minutes';
import { sendSignInLink } from '@/lib/mail/sign-in-link';
import { saveSignInLanguage } from '@/lib/preferences/save';
import { countFor } from '@/lib/rate-limits/request';
import { getServices } from '@/lib/services';
import { type Authentication, noAuthentication } from '@/lib/sessions/authentication';
import { findUser, isBlocked } from '@/lib/users/find';
import { findIdentity, hasOtherSubject, type Subject } from '@/lib/users/identities';
import { portalAdapter } from './adapter';
import { currentBrowser } from './browser';
import { type FailedSignIn, recordFailedSignIn } from './failed-sign-ins';
import { mayRequestLink } from './link-limits';
import { linkPath, readLink } from './links';
import type { OidcIdentity } from './oidc-claims';
import { OidcFailure, type OidcReason } from './oidc-failure';
import { logOidcFailure } from './oidc-provider';

/**
 * Returns next-auth's configuration for one request: database sessions, OpenID Connect and e-mail links, no passwords.
 * @param oidc the identity provider for this request (oidc-provider.ts), if it concerns one.
 * @param browser describes the requesting browser. Tests pass their own, because they have no request of Next.
 */
export function authOptions(oidc?: OAuthConfig<OidcIdentity>, browser = currentBrowser): NextAuthOptions {
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
      ...(oidc ? [oidc] : []),
      ...(settings.offers.signInLinks && settings.email ? [emailProvider(settings.email, settings.portalOrigin)] : []),
    ],
    callbacks: {
      // The address must be verified: it is the key of the customer at KunaCore.
      async signIn({ user, account, profile, email: mail }) {
        // A request for a link proves nothing: the response is the same for every address (ASVS 5.0 6.3.8).
        // The limit counts here, on the exact address that receives the mail.
        if (mail?.verificationRequest)
          return (await mayRequestLink(account?.providerAccountId ?? '')) || '/sign-in?error=RateLimited';
        // An opened link proves the address. At the provider, OIDC_EMAIL_TRUST decides (email-trust.ts).
        const identity = account?.type === 'oauth' ? (profile as unknown as OidcIdentity) : null;
        if (identity && 'problem' in identity) return rejectAddress(identity.problem);
        const email = identity ? identity.email : canonicalEmail(user.email ?? '');
        if (!email) return rejectSignIn('EmailInvalid');
        // next-auth passes this on to linkAccount (adapter.ts), which compares it with the user's address.
        if (account) account.verifiedAddress = email;
        const rejectedPath = await checkUser(email, identity && account);
        if (rejectedPath) return rejectedPath;
        if (!account) return true;
        if (identity?.isFromBefore) return rejectSignIn('NotAskedAgain');
        Object.assign(authentication, { provider: account.provider }, toAuthentication(identity));
        // Before the first sign-in there is no account to count: `user.id` is the provider's subject or the address.
        const isKnown = z.uuid().safeParse(user.id).success && !('identity' in user);
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
        const identity = account?.type === 'oauth' ? (profile as { identity?: OidcIdentity }).identity : undefined;
        const services = await getServices();
        if (identity) await savePrefill(services, user.id, identity.prefill);
        if (settings.offers.messages) await saveSignInLanguage(services, user.id, await requestLanguage());
        if (settings.kyc.source !== 'form') await markRecheck(services, user.id, settings.kyc.maxAgeHours);
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
 * Checks whether a person may sign in. A subject that the provider has sent before identifies its user, even with a new
 * address, which then becomes the user's (move-address.ts).
 * @param subject of the person at the provider; null for a link.
 * @returns null when they may, or the path that explains the rejection.
 */
async function checkUser(email: string, subject: Subject | null): Promise<string | null> {
  try {
    const services = await getServices();
    const known = subject && (await findIdentity(services, subject));
    if (known) {
      if (await isBlocked(services, known)) return await rejectSignIn('Blocked', known);
      await moveAddress(services, known, email);
      return null;
    }
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
function toAuthentication(identity: OidcIdentity | null): Omit<Authentication, 'provider'> {
  const { acr } = config().stepUp;
  const isStrong = acr === null || identity?.acr === acr;
  if (!identity) return { authTime: isStrong ? null : 0 };
  const { authTime, atProvider, groups } = identity;
  return { authTime: isStrong ? (authTime ?? 0) : 0, atProvider, groups };
}

/** Records an address of the provider that cannot be used. @returns the path that explains it. */
async function rejectAddress(problem: OidcReason): Promise<string> {
  logOidcFailure(new OidcFailure(problem));
  return rejectSignIn(problem === 'email-trust' ? 'EmailNotVerified' : 'EmailInvalid');
}

/** Records a rejected sign-in. @returns the path that explains the rejection. */
async function rejectSignIn(reason: FailedSignIn, userId?: string): Promise<string> {
  await recordFailedSignIn(reason, userId);
  return `/sign-in?error=${reason}`;
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
