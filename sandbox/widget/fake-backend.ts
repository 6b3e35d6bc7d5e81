import type { OpenRefusal, OperationView, Quote, WidgetBackend, WidgetSession } from '../kunacore/widget-backend';

/** A configurable WidgetBackend for tests, with one customer of a partner and no arithmetic. */
export class FakeBackend implements WidgetBackend {
  /** Milliseconds since the epoch. */
  time = Date.UTC(2026, 0, 1);
  /** The reason to refuse opening by token; null opens. */
  refusal: OpenRefusal | null = null;
  /** The reason why all sessions have ended, if set. */
  over: OpenRefusal | null = null;
  status = 'Created';
  page: ReturnType<WidgetBackend['paymentPage']> = 'none';
  readonly opened: { institutionId: string; refreshToken: string; userAgent: string }[] = [];
  readonly operations: OperationView[] = [];
  readonly kunaCustomers: { email: string; firstName: string; country: string }[] = [];
  private readonly quotes: Quote[] = [];

  knowsInstitution(institutionId: string): boolean {
    return institutionId === 'sample-institution';
  }

  async open(input: FakeBackend['opened'][number]): ReturnType<WidgetBackend['open']> {
    this.opened.push(input);
    return this.refusal ? { ok: false, reason: this.refusal } : { ok: true, session: this.openKunaSession('c-1') };
  }

  resume(sessionId: string): ReturnType<WidgetBackend['resume']> {
    if (this.over || sessionId !== 's-1') return { ok: false, reason: this.over ?? 'ended' };
    return { ok: true, session: this.openKunaSession('c-1') };
  }

  assets(): { fiat: string[]; crypto: string[] } {
    return { fiat: ['UAH', 'EUR', 'USD'], crypto: ['BTC', 'ETH'] };
  }

  balances(): { asset: string; balance: string }[] {
    return [{ asset: 'BTC', balance: this.status === 'Completed' ? '0.5' : '0' }];
  }

  quote(_sessionId: string, input: { sourceAsset: string; sourceAmount: string; targetAsset: string }): Quote {
    if (input.sourceAmount === '1') throw new RangeError('The least amount is 10 UAH.');
    const id = `q-${this.quotes.length}`;
    const prices = { targetAmount: '0.5', fee: '1.00', rate: '2000.00' };
    const quote = { id, ...input, ...prices, expiresAt: this.time + 30_000, serverNow: this.time };
    this.quotes.push(quote);
    return quote;
  }

  buy(_sessionId: string, quoteId: string): ReturnType<WidgetBackend['buy']> {
    const quote = this.quotes.find(({ id }) => id === quoteId);
    if (!quote) return { ok: false, reason: 'unknown-quote' };
    const id = `o-${quoteId}`;
    const known = this.operations.find((operation) => operation.id === id);
    if (known) return { ok: true, operation: known };
    if (this.time >= quote.expiresAt) return { ok: false, reason: 'quote-expired' };
    const { sourceAsset, sourceAmount, targetAsset, targetAmount } = quote;
    const createdAt = new Date(this.time).toISOString();
    const operation = { id, status: 'Created', sourceAsset, sourceAmount, targetAsset, targetAmount, createdAt };
    this.operations.push(operation);
    return { ok: true, operation };
  }

  hold(_sessionId: string, quoteId: string): ReturnType<WidgetBackend['hold']> {
    const quote = this.quotes.find(({ id }) => id === quoteId);
    if (!quote) return { ok: false, reason: 'unknown-quote' };
    if (this.time >= quote.expiresAt) return { ok: false, reason: 'quote-expired' };
    quote.expiresAt += 600_000;
    return { ok: true, quote };
  }

  paymentPage(): ReturnType<WidgetBackend['paymentPage']> {
    return this.page;
  }

  operation(_sessionId: string, operationId: string): OperationView | null {
    const found = this.operations.find(({ id }) => id === operationId);
    return found ? { ...found, status: this.status } : null;
  }

  findKunaCustomer(email: string): { customerId: string } | null {
    return this.kunaCustomers.some((customer) => customer.email === email) ? { customerId: 'c-1' } : null;
  }

  createKunaCustomer(input: FakeBackend['kunaCustomers'][number]): { customerId: string } {
    this.kunaCustomers.push(input);
    return { customerId: 'c-1' };
  }

  openKunaSession(customerId: string): WidgetSession {
    return { id: 's-1', customerId, walletId: 'w-1', customerName: 'Olena <Kovalenko>', email: 'olena@example.com' };
  }

  now(): number {
    return this.time;
  }
}
