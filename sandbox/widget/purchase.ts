import { z } from 'zod';
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

/**
 * Buys at a quote. Repeated calls return the same operation.
 *
 * @throws Refusal 409 if the quote has expired or is unknown, 401 if the session has ended
 */
export function buy(backend: WidgetBackend, session: WidgetSession, body: unknown): { operation: OperationView } {
  const result = backend.buy(session.id, parseBody(buyRequest, body).quoteId);
  if (result.ok) return { operation: result.operation };
  if (result.reason === 'session-ended') throw refuseEnded('ended');
  throw new Refusal(409, { error: 'quote-expired', message: 'This quote has run out. Get a new one.' });
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
