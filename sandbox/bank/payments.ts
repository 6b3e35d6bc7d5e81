import { randomBytes } from 'node:crypto';

/** Where the widget shows the bank's page. */
export type PaymentPage = 'nested' | 'pop-up' | 'own-navigation';

/** A payment that waits for the person's word at the bank. */
export interface Payment {
  readonly id: string;
  readonly page: PaymentPage;
  /** The widget's document that waits, and its quote. */
  readonly visitId: string;
  readonly quoteId: string;
  /** For people, e.g. "1000 UAH". */
  readonly amount: string;
  status: 'waiting' | 'confirmed' | 'refused';
  hasReturned: boolean;
}

/** The maximum number. The oldest are forgotten. */
const MOST_PAYMENTS = 10_000;

/** The payments that the widget has sent to the bank. */
export class Payments {
  private readonly all = new Map<string, Payment>();

  begin(payment: Pick<Payment, 'page' | 'visitId' | 'quoteId' | 'amount'>): Payment {
    const id = randomBytes(16).toString('base64url');
    const begun: Payment = { ...payment, id, status: 'waiting', hasReturned: false };
    this.all.set(id, begun);
    for (const oldest of this.all.keys()) {
      if (this.all.size <= MOST_PAYMENTS) break;
      this.all.delete(oldest);
    }
    return begun;
  }

  find(id: string): Payment | undefined {
    return this.all.get(id);
  }

  /** Keeps the first decision about a payment. */
  decide(payment: Payment, status: 'confirmed' | 'refused'): void {
    if (payment.status === 'waiting') payment.status = status;
  }

  /** Returns a decided payment that comes back by its address, once. */
  takeReturned(id: string): Payment | undefined {
    const payment = this.all.get(id);
    if (!payment || payment.status === 'waiting' || payment.hasReturned) return undefined;
    payment.hasReturned = true;
    return payment;
  }
}
