import { brandTokens } from '@/lib/brand/tokens';
import type { Config } from '@/lib/config/config';
import { cspHash, htmlPageScriptHash, htmlPageStyleHash } from '@/lib/html/page';

/** What an embedded payment and identity check may ask the browser for; given to the widget's origin alone. */
export const FRAME_FEATURES = ['payment', 'camera', 'microphone', 'clipboard-write', 'fullscreen'] as const;

/** What neither the portal nor the widget asks for. Only names that browsers know: others fill their consoles. */
const NEEDLESS_FEATURES =
  'accelerometer autoplay bluetooth browsing-topics display-capture encrypted-media geolocation gyroscope hid ' +
  'idle-detection local-fonts magnetometer midi picture-in-picture screen-wake-lock serial usb xr-spatial-tracking';

/** Where browsers report what the policy stopped: app/api/csp-report/route.ts. */
const CSP_REPORTS = '/api/csp-report';

/**
 * Security headers of a document (OWASP Secure Headers, ASVS 5.0 3.4). The same for every page: the policy of the
 * page that was loaded first stays in force while the browser moves on without loading another.
 * @param nonce of this answer: only scripts that carry it run.
 */
export function documentHeaders(config: Config, pathname: string, nonce: string): Record<string, string> {
  const inOwnFrame = pathname === '/account/buy/frame';
  const holdsSecret = pathname === '/sign-in/link';
  return {
    ...defaultHeaders(config),
    'content-security-policy': contentSecurityPolicy(config, nonce, inOwnFrame ? "'self'" : "'none'"),
    'x-frame-options': inOwnFrame ? 'SAMEORIGIN' : 'DENY',
    'reporting-endpoints': `csp="${CSP_REPORTS}"`,
    // Not `no-referrer`: then a form's Origin would be "null" (Fetch Standard, "append a request Origin header").
    ...(holdsSecret && { 'referrer-policy': 'strict-origin', 'x-robots-tag': 'noindex' }),
  };
}

/** What every answer carries, files and failures of the framework included (lib/http/incoming-request.ts). */
export function defaultHeaders(config: Config): Record<string, string> {
  return {
    'content-security-policy': "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
    'x-content-type-options': 'nosniff',
    'x-frame-options': 'DENY',
    'referrer-policy': 'strict-origin-when-cross-origin',
    'permissions-policy': permissionsPolicy(config.widget.origin),
    // Pop-ups of a bank's payment confirmation keep their opener.
    'cross-origin-opener-policy': 'same-origin-allow-popups',
    'cross-origin-resource-policy': 'same-origin',
    ...(config.secure ? { 'strict-transport-security': 'max-age=63072000; includeSubDomains' } : {}),
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
    // The widget's origin: the buy page asks whether it can be reached at all.
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
