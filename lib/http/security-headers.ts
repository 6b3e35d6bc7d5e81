import { brandTokens } from '@/lib/brand/tokens';
import type { Config } from '@/lib/config/config';
import { GRANTABLE_FEATURES } from '@/lib/config/features';
import { cspHash, htmlPageScriptHash, htmlPageStyleHash } from '@/lib/html/page';

/**
 * Browser features that the portal does not use, and the widget only with KUNACORE_WIDGET_FEATURES. Unknown names would
 * cause console warnings.
 */
const NEEDLESS_FEATURES = [
  ...['bluetooth', 'browsing-topics', 'display-capture', 'hid', 'idle-detection', 'local-fonts', 'midi', 'serial'],
  ...['usb', 'xr-spatial-tracking', ...GRANTABLE_FEATURES],
];

/** Receives the browsers' reports (app/api/csp-report/route.ts). */
const CSP_REPORTS = '/api/csp-report';

/**
 * Returns the security headers of a document (OWASP Secure Headers, ASVS 5.0 3.4). All pages get the same policy,
 * because the first document's policy stays in force during client-side navigation.
 * @param nonce of this response. Only scripts with this nonce run.
 */
export function documentHeaders(config: Config, pathname: string, nonce: string): Record<string, string> {
  const inOwnFrame = pathname === '/account/buy/frame';
  const holdsSecret = pathname === '/sign-in/link';
  const policy = inOwnFrame ? policies(config).ofFrame : policies(config).ofPage;
  return {
    ...defaultHeaders(config),
    'content-security-policy': policy.replaceAll(NONCE, nonce),
    'x-frame-options': inOwnFrame ? 'SAMEORIGIN' : 'DENY',
    'reporting-endpoints': `csp="${CSP_REPORTS}"`,
    // With `no-referrer`, a form's Origin would be "null" (Fetch Standard, "append a request Origin header").
    ...(holdsSecret && { 'referrer-policy': 'strict-origin', 'x-robots-tag': 'noindex' }),
  };
}

/** Stands for the nonce in a policy that is built once. */
const NONCE = '{nonce}';

const policies = oncePerConfig((config) => ({
  ofPage: contentSecurityPolicy(config, NONCE, "'none'"),
  ofFrame: contentSecurityPolicy(config, NONCE, "'self'"),
}));

/** Returns the headers of every response, including files and framework errors (lib/http/incoming-request.ts). */
export const defaultHeaders = oncePerConfig((config): Record<string, string> => {
  return {
    'content-security-policy': "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
    'x-content-type-options': 'nosniff',
    'x-frame-options': 'DENY',
    'referrer-policy': 'strict-origin-when-cross-origin',
    'permissions-policy': permissionsPolicy(config),
    // Payment confirmations of banks open pop-ups that need their opener.
    'cross-origin-opener-policy': 'same-origin-allow-popups',
    'cross-origin-resource-policy': 'same-origin',
    ...(config.secure ? { 'strict-transport-security': 'max-age=63072000; includeSubDomains' } : {}),
  };
});

/** Builds a value once for each configuration: every response needs it. */
function oncePerConfig<T>(build: (config: Config) => T): (config: Config) => T {
  const built = new WeakMap<Config, T>();
  return (config) => {
    const value = built.get(config) ?? build(config);
    built.set(config, value);
    return value;
  };
}

function contentSecurityPolicy({ widget }: Config, nonce: string, frameAncestors: string): string {
  const development = process.env.NODE_ENV === 'development';
  const directives = {
    'default-src': "'none'",
    // React's development build uses eval for its error overlays.
    'script-src': `'nonce-${nonce}' 'strict-dynamic' ${htmlPageScriptHash}${development ? " 'unsafe-eval'" : ''}`,
    'style-src': development
      ? "'self' 'unsafe-inline'"
      : `'self' 'nonce-${nonce}' ${cspHash(brandTokens)} ${htmlPageStyleHash}`,
    'img-src': "'self'",
    'font-src': "'self'",
    'manifest-src': "'self'",
    // public/offline.js
    'worker-src': "'self'",
    // The buy page checks whether the widget's origin is reachable.
    'connect-src': `'self' ${widget.origin}`,
    'frame-src': `'self' ${widget.frameOrigins.join(' ')}`,
    'frame-ancestors': frameAncestors,
    'base-uri': "'none'",
    'form-action': "'self'",
    'object-src': "'none'",
    'report-uri': CSP_REPORTS,
    'report-to': 'csp',
  };
  return Object.entries(directives)
    .map(([name, value]) => `${name} ${value}`)
    .join('; ');
}

/** A frame gets a feature only if the page has it, so the page's own origin is named, too (Permissions Policy 9.7). */
function permissionsPolicy({ widget }: Config): string {
  const origins = widget.frameOrigins.map((origin) => `"${origin}"`).join(' ');
  const granted = new Set<string>(widget.features);
  const needless = NEEDLESS_FEATURES.filter((name) => !granted.has(name));
  return [...[...granted].map((name) => `${name}=(self ${origins})`), ...needless.map((name) => `${name}=()`)].join(
    ', ',
  );
}

/** Returns the `allow` of the widget's iframe: its features, for the widget and its payment pages alone. */
export function frameAllow({ features, frameOrigins }: Config['widget']): string {
  return features.map((feature) => `${feature} ${frameOrigins.join(' ')}`).join('; ');
}
