/** Rate limits in a window for one account, one client address or one e-mail address. */
export const RATE_LIMITS = {
  /** Sign-in links to one mailbox. */
  'link-mailbox': { uses: 6, seconds: 15 * 60 },
  'link-address': { uses: 60, seconds: 15 * 60 },
  /** Starts and ends of sign-ins. Many people share one address in an office. */
  'sign-in-address': { uses: 300, seconds: 5 * 60 },
  /** Logout tokens. A provider ends thousands of sessions in a minute, when it restarts or at the end of a day. */
  'logout-address': { uses: 30_000, seconds: 60 },
  /** Wrong tokens at /api/reconcile. */
  'reconcile-address': { uses: 30, seconds: 5 * 60 },
  /** Sessions of one account: each is a row, and two rows of the audit log. */
  'sign-in-account': { uses: 120, seconds: 60 * 60 },
  'details-account': { uses: 60, seconds: 10 * 60 },
  /** Questions to the KYC source about one person: it may be the institution's own service. */
  'kyc-account': { uses: 60, seconds: 10 * 60 },
  /** Widget tokens: each is a call to KunaCore. */
  'token-account': { uses: 30, seconds: 5 * 60 },
  /** Exports of operations: each is a series of calls to KunaCore. */
  'csv-account': { uses: 20, seconds: 10 * 60 },
  /** Export and deletion of personal data. */
  'own-data-account': { uses: 10, seconds: 60 * 60 },
  'operator-account': { uses: 120, seconds: 60 },
} as const;

export type RateLimit = keyof typeof RATE_LIMITS;
