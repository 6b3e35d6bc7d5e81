import { z } from 'zod';
import type { OperationView, Quote, WidgetBackend, WidgetSession } from '../kunacore/widget-backend';
import { refuseEnded } from './ended';
import { parseBody } from './read-json';
import { Refusal, refuseFields } from './refusal';

/** What the page shows of the wallet it buys for. The full e-mail never reaches the page. */
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
    // People group by spaces, and half of Europe writes a decimal comma.
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
const operationRequest = z.object({ id: z.string().min(1).max(100) });

/** The wallet of a session, as its page sees it. */
export function viewWallet(backend: WidgetBackend, session: WidgetSession): WalletView {
  return {
    customerName: session.customerName,
    maskedEmail: maskEmail(session.email),
    balances: backend.balances(session.walletId),
    ...backend.assets(),
  };
}

/**
 * A quote, frozen by KunaCore for 30 seconds.
 *
 * @throws Refusal 422 with a sentence for the field that is wrong
 */
export function quote(backend: WidgetBackend, session: WidgetSession, body: unknown): { quote: Quote } {
  const wanted = parseBody(quoteRequest, body);
  const { fiat, crypto } = backend.assets();
  if (!fiat.includes(wanted.sourceAsset)) throw refuseFields({ sourceAsset: 'This currency is not accepted.' });
  if (!crypto.includes(wanted.targetAsset)) throw refuseFields({ targetAsset: 'This is not sold here.' });
  try {
    return { quote: backend.quote(session.id, wanted) };
  } catch (error) {
    if (error instanceof RangeError) throw refuseFields({ sourceAmount: error.message });
    throw error;
  }
}

/**
 * Buys at a quote: one operation, however often it is asked for.
 *
 * @throws Refusal 409 if the quote has run out or is unknown, 401 if the session is over
 */
export function buy(backend: WidgetBackend, session: WidgetSession, body: unknown): { operation: OperationView } {
  const result = backend.buy(session.id, parseBody(buyRequest, body).quoteId);
  if (result.ok) return { operation: result.operation };
  if (result.reason === 'session-ended') throw refuseEnded('ended');
  throw new Refusal(409, { error: 'quote-expired', message: 'This quote has run out. Get a new one.' });
}

/**
 * How an operation stands, and the wallet beside it.
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
