import { randomUUID } from 'node:crypto';
import type { Customers } from './customers';
import { ApiError } from './http';
import { divide, multiply, toText, toUnits } from './money';
import type { Operations } from './operations';
import { CRYPTO, FIAT, rate } from './rates';
import type { Customer, Operation, State, Token } from './state';
import type { Tokens } from './tokens';
import type {
  BuyOutcome,
  HoldOutcome,
  OpenRefusal,
  OperationView,
  Quote,
  SessionOutcome,
  WidgetBackend,
  WidgetSession,
} from './widget-backend';

const QUOTE_MS = 30_000;
/** How long a quote is kept for a payment at the bank. */
const HOLD_MS = 10 * 60_000;
const FEE = toUnits('0.01');
const LEAST_USD = toUnits('1');
const MOST_USD = toUnits('50000');

interface Services {
  state: State;
  customers: Customers;
  tokens: Tokens;
  operations: Operations;
  institutionId: string;
}

/** Implements KunaCore's side of the widget. Keeps open widgets and quotes in memory, so a restart closes them. */
export function createWidgetBackend({ state, customers, tokens, operations, institutionId }: Services): WidgetBackend {
  const sessions = new Map<string, { session: WidgetSession; token: Token | null }>();
  const quotes = new Map<string, { quote: Quote; sessionId: string; operation?: Operation }>();

  const start = (customer: Customer, token: Token | null): WidgetSession => {
    const { id: customerId, walletId, firstName, lastName, email } = customer;
    const session = { id: randomUUID(), customerId, walletId, customerName: `${firstName} ${lastName}`, email };
    sessions.set(session.id, { session, token });
    return session;
  };

  const resume = (sessionId: string): SessionOutcome => {
    const known = sessions.get(sessionId);
    // A reset of the sandbox removes the customers of open widgets.
    if (!known || !customers.exists(known.session.customerId)) return { ok: false, reason: 'ended' };
    const reason: OpenRefusal | null = known.token ? tokens.refusal(known.token) : null;
    return reason ? { ok: false, reason } : { ok: true, session: known.session };
  };

  const liveQuote = (sessionId: string, quoteId: string): HoldOutcome => {
    if (!resume(sessionId).ok) return { ok: false, reason: 'session-ended' };
    const known = quotes.get(quoteId);
    if (known?.sessionId !== sessionId) return { ok: false, reason: 'unknown-quote' };
    if (!known.operation && known.quote.expiresAt <= state.now()) return { ok: false, reason: 'quote-expired' };
    return { ok: true, quote: known.quote };
  };

  const view = (operation: Operation): OperationView => {
    const { id, sourceAsset, sourceAmount, targetAsset, targetAmount, createdAt } = operation;
    const status = operations.status(operation);
    return {
      id,
      status,
      sourceAsset,
      sourceAmount,
      targetAsset,
      targetAmount,
      createdAt: new Date(createdAt).toISOString(),
    };
  };

  const execute = (quoteId: string, walletId: string): OperationView | null => {
    const known = quotes.get(quoteId);
    if (!known) return null;
    const { sourceAsset, sourceAmount, targetAsset, targetAmount, fee } = known.quote;
    known.operation ??= operations.create({ walletId, sourceAsset, sourceAmount, targetAsset, targetAmount, fee });
    return view(known.operation);
  };

  return {
    knowsInstitution: (id) => id === institutionId,

    async open({ institutionId: id, refreshToken, userAgent }) {
      if (id !== institutionId) return { ok: false, reason: 'unknown-institution' };
      const opened = await tokens.open(refreshToken, userAgent);
      if ('reason' in opened) return { ok: false, reason: opened.reason };
      return { ok: true, session: start(customers.byId(opened.token.customerId), opened.token) };
    },

    resume,
    assets: () => ({ fiat: [...FIAT], crypto: [...CRYPTO] }),

    balances: (walletId) => operations.balances(walletId, [...CRYPTO]).filter(({ balance }) => balance !== '0'),

    quote(sessionId, { sourceAsset, sourceAmount, targetAsset }) {
      const quote = price(state.now(), sourceAsset, sourceAmount, targetAsset);
      quotes.set(quote.id, { quote, sessionId });
      return quote;
    },

    buy(sessionId, quoteId): BuyOutcome {
      const open = resume(sessionId);
      if (!open.ok) return { ok: false, reason: 'session-ended' };
      const live = liveQuote(sessionId, quoteId);
      if (!live.ok) return live;
      const operation = execute(quoteId, open.session.walletId);
      return operation ? { ok: true, operation } : { ok: false, reason: 'unknown-quote' };
    },

    hold(sessionId, quoteId) {
      const live = liveQuote(sessionId, quoteId);
      if (live.ok) live.quote.expiresAt = state.now() + HOLD_MS;
      return live;
    },

    paymentPage: () => state.switches.paymentPage,

    operation(sessionId, operationId) {
      const open = resume(sessionId);
      const operation = state.data.operations.find(({ id }) => id === operationId);
      return open.ok && operation?.walletId === open.session.walletId ? view(operation) : null;
    },

    findKunaCustomer(email) {
      const found = customers.byEmail(email);
      return found?.byKuna ? { customerId: found.id } : null;
    },

    createKunaCustomer(input) {
      try {
        return { customerId: customers.create({ ...input }, true).id };
      } catch (error) {
        // A partner's customer already has this address. Kuna's own check makes it usable here, too.
        const found = error instanceof ApiError ? customers.byEmail(input.email) : undefined;
        if (!found) throw error;
        found.byKuna = true;
        state.changed();
        return { customerId: found.id };
      }
    },

    openKunaSession: (customerId) => start(customers.byId(customerId), null),
    now: () => state.now(),
  };
}

/** Calculates a price for 30 seconds: 1 % fee, crypto rounded down to eight places. @throws RangeError */
function price(now: number, sourceAsset: string, sourceAmount: string, targetAsset: string): Quote {
  const knownPair = FIAT.some((fiat) => fiat === sourceAsset) && CRYPTO.some((crypto) => crypto === targetAsset);
  if (!knownPair) throw new RangeError('Choose a currency to pay with and a crypto asset to get.');
  if (!/^\d{1,12}(\.\d{1,2})?$/.test(sourceAmount)) throw new RangeError('Enter an amount like 1000 or 99.50.');
  const amount = toUnits(sourceAmount);
  const worth = multiply(amount, rate(sourceAsset, 'USD'));
  if (worth < LEAST_USD) throw new RangeError('The least you can buy for is 1 USD or its equivalent.');
  if (worth > MOST_USD) throw new RangeError('The most you can buy for at once is 50,000 USD or its equivalent.');
  const fee = multiply(amount, FEE);
  const perTarget = rate(targetAsset, sourceAsset);
  return {
    id: randomUUID(),
    sourceAsset,
    sourceAmount,
    targetAsset,
    targetAmount: toText(divide(amount - fee, perTarget), 8),
    fee: toText(fee, 2),
    rate: toText(perTarget, 2),
    expiresAt: now + QUOTE_MS,
    serverNow: now,
  };
}
