import { brandTokens } from '@/lib/brand/tokens';
import type { Config } from '@/lib/config/config';
import { cspHash, htmlPageScriptHash, htmlPageStyleHash } from '@/lib/html/page';

/** Browser features for payments and identity checks, allowed only for the widget's origin. */
export const FRAME_FEATURES = ['payment', 'camera', 'microphone', 'clipboard-write', 'fullscreen'] as const;

/** Browser features that neither the portal nor the widget uses. Unknown names would cause console warnings. */
const NEEDLESS_FEATURES =
  'accelerometer autoplay bluetooth browsing-topics display-capture encrypted-media geolocation gyroscope hid ' +
  'idle-detection local-fonts magnetometer midi picture-in-picture screen-wake-lock serial usb xr-spatial-tracking';

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
    'permissions-policy': permissionsPolicy(config.widget.origin),
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
    'frame-src': `'self' ${widget.origin}`,
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

function permissionsPolicy(widgetOrigin: string): string {
  const needed = FRAME_FEATURES.map((name) => `${name}=(self "${widgetOrigin}")`);
  return [...needed, ...NEEDLESS_FEATURES.split(' ').map((name) => `${name}=()`)].join(', ');
}
