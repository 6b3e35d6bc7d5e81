/** The routes of app/ with parameters. A test compares all of them with its folders. */
const PARAMETERS: [RegExp, string][] = [
  [/^\/operator\/customers\/[^/]+$/, '/operator/customers/[id]'],
  [/^\/operator\/customers\/[^/]+\/review$/, '/operator/customers/[id]/review'],
  [/^\/operator\/customers\/[^/]+\/data\.json$/, '/operator/customers/[id]/data.json'],
  [/^\/operator\/customers\/[^/]+\/timeline\.csv$/, '/operator/customers/[id]/timeline.csv'],
  [/^\/operator\/customers\/[^/]+\/[^/]+$/, '/operator/customers/[id]/[action]'],
  [/^\/api\/auth\/(?!backchannel-logout$).+$/, '/api/auth/[...nextauth]'],
  [/^\/brand\/[^/]+$/, '/brand/[file]'],
  [/^\/refused\/[^/]+$/, '/refused/[reason]'],
];

/** The routes of app/ without parameters. */
const EXACT = new Set([
  '/',
  '/account',
  '/account/activity',
  '/account/activity/receipt',
  '/account/activity/statement',
  '/account/buy',
  '/account/buy/frame',
  '/account/buy/tab',
  '/account/delete',
  '/account/details',
  '/account/details/report',
  '/account/devices',
  '/account/help',
  '/account/messages',
  '/api/account/holdings',
  '/api/account/operation',
  '/api/account/operations',
  '/api/account/operations.csv',
  '/api/account/own-data',
  '/api/account/receipt.pdf',
  '/api/account/statement.pdf',
  '/api/account/status',
  '/api/auth/backchannel-logout',
  '/api/csp-report',
  '/api/health/live',
  '/api/health/ready',
  '/api/reconcile',
  '/manifest.webmanifest',
  '/offline',
  '/operator',
  '/operator/audit',
  '/operator/integration',
  '/operator/integration/incidents.csv',
  '/operator/review',
  '/outdated',
  '/preferences',
  '/robots.txt',
  '/sign-in',
  '/sign-in/check-email',
  '/sign-in/link',
  '/sign-in/oidc',
  '/sign-out',
  '/sign-out/done',
  '/unavailable',
  '/widget',
]);

/**
 * Returns the template of a path's route, such as `/operator/customers/[id]`: what may be reported about an address. Next.js
 * knows it only later, and not for a request that never reaches it.
 * @returns undefined for an address that does not exist.
 */
export function routeTemplate(path: string): string | undefined {
  if (EXACT.has(path)) return path;
  return PARAMETERS.find(([pattern]) => pattern.test(path))?.[1];
}
