// The widget's only interface to KunaCore.

/** The reason why a widget does not open, or has ended. */
export type OpenRefusal =
  | 'malformed'
  | 'expired'
  | 'ended'
  | 'other-browser'
  | 'already-opened'
  | 'unknown-institution';

/** An open widget of one customer. */
export interface WidgetSession {
  id: string;
  customerId: string;
  walletId: string;
  customerName: string;
  email: string;
}

export type SessionOutcome = { ok: true; session: WidgetSession } | { ok: false; reason: OpenRefusal };

/** A price for 30 seconds. Amounts are decimal strings; `rate` is source currency per one target. */
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

export type HoldOutcome = { ok: true; quote: Quote } | Extract<BuyOutcome, { ok: false }>;

/** The fields of Kuna's own identity check (type 1). */
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
  /** Type 2: opens a session by a refresh token, with whose end it ends. */
  open(input: { institutionId: string; refreshToken: string; userAgent: string }): Promise<SessionOutcome>;
  /** Returns the session while its token (type 1: its login) is live, else the reason why it has ended. */
  resume(sessionId: string): SessionOutcome;
  assets(): { fiat: string[]; crypto: string[] };
  balances(walletId: string): { asset: string; balance: string }[];
  /** Makes a quote. @throws RangeError with a sentence for people when the amount is not possible. */
  quote(sessionId: string, input: { sourceAsset: string; sourceAmount: string; targetAsset: string }): Quote;
  /** Buys at a quote. Repeated calls return the same operation. */
  buy(sessionId: string, quoteId: string): BuyOutcome;
  /** Keeps a quote's price while the person pays at the bank. */
  hold(sessionId: string, quoteId: string): HoldOutcome;
  /** Where the bank's page for a card payment is shown. */
  paymentPage(): 'none' | 'nested' | 'pop-up' | 'own-navigation';
  operation(sessionId: string, operationId: string): OperationView | null;
  /** Type 1: returns null when Kuna has not verified this address yet. */
  findKunaCustomer(email: string): { customerId: string } | null;
  createKunaCustomer(input: KunaCustomer): { customerId: string };
  openKunaSession(customerId: string): WidgetSession;
  now(): number;
}
