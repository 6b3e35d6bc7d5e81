import { z } from 'zod';
import type { Payment, Payments } from '../bank/payments';
import type { OperationView, Quote, WidgetBackend, WidgetSession } from '../kunacore/widget-backend';
import { refuseEnded } from './ended';
import { parseBody } from './read-json';
import { Refusal, refuseFields } from './refusal';

/** The wallet's data on the page, without the full e-mail. */
export interface WalletView {
  customerName: string;
  maskedEmail: string;
  balances: { asset: string; balance: string }[];
  fiat: string[];
  crypto: string[];
}

const NOT_AN_AMOUNT = 'Enter an amount, for example 500 or 99.50.';

const quoteRequest = z.object({
  sourceAsset: z.string('Choose a currency.').min(1, 'Choose a currency.').max(10),
  sourceAmount: z
    .string(NOT_AN_AMOUNT)
    .max(40, NOT_AN_AMOUNT)
    // Accept spaces between groups and the decimal comma of many countries.
    .transform((typed) => typed.replace(/\s/g, '').replace(',', '.'))
    .pipe(
      z
        .string()
        .regex(/^\d{1,12}(\.\d{1,2})?$/, NOT_AN_AMOUNT)
        .regex(/[1-9]/, 'Enter an amount above zero.'),
    ),
  targetAsset: z.string('Choose what to get.').min(1, 'Choose what to get.').max(10),
});

const buyRequest = z.object({ quoteId: z.string().min(1).max(100) });
const paymentRequest = z.object({ id: z.string().min(1).max(100) });
const operationRequest = z.object({ id: z.string().min(1).max(100) });

/** Returns the page's data of a session's wallet. */
export function viewWallet(backend: WidgetBackend, session: WidgetSession): WalletView {
  return {
    customerName: session.customerName,
    maskedEmail: maskEmail(session.email),
    balances: backend.balances(session.walletId),
    ...backend.assets(),
  };
}

/**
 * Makes a quote, which KunaCore holds for 30 seconds.
 *
 * @throws Refusal 422 with a sentence for the invalid field
 */
export function quote(backend: WidgetBackend, session: WidgetSession, body: unknown): { quote: Quote } {
  const request = parseBody(quoteRequest, body);
  const { fiat, crypto } = backend.assets();
  if (!fiat.includes(request.sourceAsset)) throw refuseFields({ sourceAsset: 'This currency is not accepted.' });
  if (!crypto.includes(request.targetAsset)) throw refuseFields({ targetAsset: 'This is not sold here.' });
  try {
    return { quote: backend.quote(session.id, request) };
  } catch (error) {
    if (error instanceof RangeError) throw refuseFields({ sourceAmount: error.message });
    throw error;
  }
}

/** The bank at which card payments are confirmed. */
export interface Bank {
  payments: Payments;
  origin: string;
}

/** A payment as the page sees it. */
interface PaymentView {
  id: string;
  page: Payment['page'];
  address: string;
}

/**
 * Buys at a quote, or begins a payment at the bank. Repeated purchases return the same operation.
 *
 * @throws Refusal 409 if the quote has expired or is unknown, 401 if the session has ended
 */
export function buy(
  { backend, bank, visitId }: { backend: WidgetBackend; bank: Bank; visitId: string },
  session: WidgetSession,
  body: unknown,
): { operation: OperationView } | { payment: PaymentView } {
  const { quoteId } = parseBody(buyRequest, body);
  const page = backend.paymentPage();
  if (page === 'none') return { operation: buyAt(backend, session, quoteId) };
  const held = backend.hold(session.id, quoteId);
  if (!held.ok) throw refuseQuote(held.reason);
  const amount = `${held.quote.sourceAmount} ${held.quote.sourceAsset}`;
  const { id } = bank.payments.begin({ page, visitId, quoteId, amount });
  return { payment: { id, page, address: `${bank.origin}/confirm?payment=${id}` } };
}

/**
 * Returns what the person decided at the bank. A confirmed payment buys.
 *
 * @throws Refusal 404 if this visit has no such payment
 */
export function payment(
  { backend, bank, visitId }: { backend: WidgetBackend; bank: Bank; visitId: string },
  session: WidgetSession,
  body: unknown,
): { status: Payment['status']; operation?: OperationView } {
  const found = bank.payments.find(parseBody(paymentRequest, body).id);
  if (found?.visitId !== visitId)
    throw new Refusal(404, { error: 'unknown-payment', message: 'There is no such payment.' });
  const { status, quoteId } = found;
  return status === 'confirmed' ? { status, operation: buyAt(backend, session, quoteId) } : { status };
}

function buyAt(backend: WidgetBackend, session: WidgetSession, quoteId: string): OperationView {
  const result = backend.buy(session.id, quoteId);
  if (result.ok) return result.operation;
  throw refuseQuote(result.reason);
}

function refuseQuote(reason: string): Refusal {
  if (reason === 'session-ended') return refuseEnded('ended');
  return new Refusal(409, { error: 'quote-expired', message: 'This quote has run out. Get a new one.' });
}

/**
 * Returns an operation's status and the wallet.
 *
 * @throws Refusal 404 if this session has no such operation
 */
export function operation(
  backend: WidgetBackend,
  session: WidgetSession,
  body: unknown,
): { operation: OperationView; wallet: WalletView } {
  const found = backend.operation(session.id, parseBody(operationRequest, body).id);
  if (!found) throw new Refusal(404, { error: 'unknown-operation', message: 'There is no such purchase.' });
  return { operation: found, wallet: viewWallet(backend, session) };
}

function maskEmail(email: string): string {
  const at = email.lastIndexOf('@');
  return `${email.slice(0, 1)}•••${email.slice(at)}`;
}
