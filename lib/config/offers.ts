import 'server-only';
import { brand } from '@/lib/brand/brand';
import { LANGUAGES, type Language } from '@/lib/choices';
import type { Environment, Report } from './environment';

/** What the portal offers: features that a setting turns off whole, with their pages, routes, texts and mails. */
export function toOffers(env: Environment) {
  const sendsMail = Boolean(env.EMAIL_SERVER);
  return {
    publicWidget: env.KUNACORE_WIDGET_TYPE !== 'partner',
    supportConsole: env.SUPPORT_CONSOLE === 'on',
    signInLinks: sendsMail && env.SIGN_IN_LINKS === 'on',
    messages: sendsMail && env.MESSAGES === 'on',
    statements: env.STATEMENTS === 'on',
  };
}

export type Offers = ReturnType<typeof toOffers>;

/** The addresses of each feature. They do not exist where it is off. */
const ADDRESSES: Record<keyof Offers, RegExp> = {
  publicWidget: /^\/widget$/,
  supportConsole: /^\/operator(\/|$)/,
  signInLinks: /^\/(sign-in\/(link|check-email)|api\/auth\/callback\/email)$/,
  messages: /^\/account\/messages$/,
  statements: /^\/(account\/activity|api\/account)\/(statement|receipt)(\.pdf)?$/,
};

/** Reports whether a path belongs to a feature that the portal does not offer. */
export function isNotOffered(offers: Offers, path: string): boolean {
  return (Object.keys(ADDRESSES) as (keyof Offers)[]).some((name) => !offers[name] && ADDRESSES[name].test(path));
}

/** Returns the languages of the portal, the default first. */
export function toLanguages({ LANGUAGES: chosen }: Environment): [Language, ...Language[]] {
  const [first, ...others] = chosen;
  if (first) return [first, ...others];
  return [brand.language, ...LANGUAGES.filter((language) => language !== brand.language)];
}

/** Refuses settings that need a feature which is off. */
export function checkOffers(env: Partial<Environment>, report: Report): void {
  if (env.SUPPORT_CONSOLE === 'off' && env.KYC_MODE === 'review')
    report('SUPPORT_CONSOLE', 'is off, and KYC_MODE is review: no operator could accept details');
  // Without either, OIDC_ISSUER is missing (cross-checks.ts).
  if (env.SIGN_IN_LINKS === 'off' && env.EMAIL_SERVER && !env.OIDC_ISSUER && env.KUNACORE_WIDGET_TYPE !== 'kuna')
    report('SIGN_IN_LINKS', 'is off, and OIDC_ISSUER is not set: nobody could sign in');
}
