// What the widget's server may ask of KunaCore. The widget knows nothing else of it.

/** Why a widget does not open, or is over. */
export type OpenRefusal =
  | 'malformed'
  | 'expired'
  | 'ended'
  | 'other-browser'
  | 'already-opened'
  | 'unknown-institution';

/** A widget that is open for one customer. */
export interface WidgetSession {
  id: string;
  customerId: string;
  walletId: string;
  customerName: string;
  email: string;
}

export type SessionOutcome = { ok: true; session: WidgetSession } | { ok: false; reason: OpenRefusal };

/** A price that holds for 30 seconds. Amounts are decimal strings; `rate` is source currency per one target. */
export interface Quote {
  id: string;
  sourceAsset: string;
  sourceAmount: string;
  targetAsset: string;
  targetAmount: string;
  fee: string;
  rate: string;
  /** Milliseconds since the epoch, by the sandbox's clock, as is `serverNow`. */
  expiresAt: number;
  serverNow: number;
}

export interface OperationView {
  id: string;
  status: string;
  sourceAsset: string;
  sourceAmount: string;
  targetAsset: string;
  targetAmount: string;
  createdAt: string;
}

export type BuyOutcome =
  | { ok: true; operation: OperationView }
  | { ok: false; reason: 'quote-expired' | 'session-ended' | 'unknown-quote' };

/** What Kuna's own identity check asks for (type 1). */
interface KunaCustomer {
  email: string;
  firstName: string;
  lastName: string;
  country: string;
  verificationDocumentId: string;
  residenceAddress: string;
}

export interface WidgetBackend {
  knowsInstitution(institutionId: string): boolean;
  /** Type 2: opens a session by a refresh token; it dies when the token dies. */
  open(input: { institutionId: string; refreshToken: string; userAgent: string }): Promise<SessionOutcome>;
  /** The session while its token (type 1: its login) lives, else why it is over. */
  resume(sessionId: string): SessionOutcome;
  assets(): { fiat: string[]; crypto: string[] };
  balances(walletId: string): { asset: string; balance: string }[];
  /** @throws RangeError with a sentence for a person when the amount cannot be. */
  quote(sessionId: string, input: { sourceAsset: string; sourceAmount: string; targetAsset: string }): Quote;
  /** One operation per quote, however often it is called. */
  buy(sessionId: string, quoteId: string): BuyOutcome;
  operation(sessionId: string, operationId: string): OperationView | null;
  /** Type 1: null means that this address has not been verified by Kuna yet. */
  findKunaCustomer(email: string): { customerId: string } | null;
  createKunaCustomer(input: KunaCustomer): { customerId: string };
  openKunaSession(customerId: string): WidgetSession;
  now(): number;
}
