import { isBetween } from './customers';
import { badRequest, type Endpoint, endpoint, notFound } from './endpoint';
import { type Core, type Customer, newId, type Operation } from './state';

const BOUGHT_SATOSHI = 2500n;

/** Turns 100 UAH into 0.000025 BTC in the customer's wallet at once. The widget's button calls it. */
export function buyBitcoin(core: Core, customer: Customer): void {
  core.state.operations.unshift({
    id: newId('op'),
    walletId: customer.walletId,
    type: 'DepositWithExchange',
    status: 'Completed',
    sourceAsset: 'UAH',
    targetAsset: 'BTC',
    sourceAmount: '100',
    targetAmount: inBitcoin(BOUGHT_SATOSHI),
    createdAt: new Date(core.now()).toISOString(),
  });
}

/** `POST /v2/balance`: returns a row for each requested asset, even with a zero balance. */
export const balance: Endpoint = endpoint('walletId assets', '', ({ walletId, assets }, { core }) => {
  if (!core.state.customers.some((customer) => customer.walletId === walletId)) throw notFound('Wallet');
  const bought = core.state.operations.filter((operation) => operation.walletId === walletId).length;
  return assets.map((asset) => ({
    holdBalance: '0',
    network: null,
    balance: asset === 'BTC' && bought > 0 ? inBitcoin(BOUGHT_SATOSHI * BigInt(bought)) : '0',
    asset,
  }));
});

/** `POST /v2/operation/find?skip=&take=`, newest first; paged in the query string, unlike customers. */
export const findOperations: Endpoint = endpoint(
  '',
  'type status walletId externalId targetAsset sourceAsset dateFrom dateTo',
  ({ dateFrom, dateTo, ...criteria }, { core, query }) => {
    const skip = query.has('skip') ? count(query, 'skip') : 0;
    const take = query.has('take') ? count(query, 'take') : 50;
    const fits = (operation: Operation) => {
      const own: Record<string, string> = operation;
      const matches = ([key, text]: [string, string]) => own[key] === text;
      return Object.entries(criteria).every(matches) && isBetween(operation.createdAt, dateFrom, dateTo);
    };
    const found = core.state.operations.filter(fits);
    return found.slice(skip, skip + take).map(operationResponse);
  },
);

/** `POST /v2/operation/details`: documented as an array with one element. */
export const operationDetails: Endpoint = endpoint('id', '', ({ id }, { core }) => {
  const operation = core.state.operations.find((operation) => operation.id === id);
  if (operation === undefined) throw notFound('Operation');
  return [operationResponse(operation)];
});

/** `GET /v2/rate/equivalent`: returns indicative rates, "0" where there is none. */
export function rates(): unknown {
  return [
    { equivalent: { UAH: '4000000', USD: '95238.09', EUR: '0' }, asset: 'BTC' },
    { equivalent: { UAH: '1', USD: '0', EUR: '0' }, asset: 'UAH' },
  ];
}

function operationResponse(operation: Operation): Record<string, unknown> {
  const { createdAt, status, id, ...rest } = operation;
  return {
    txHash: null,
    fee: null,
    externalId: null,
    ...rest,
    channel: 'widget',
    updatedAt: createdAt,
    createdAt,
    status,
    id,
  };
}

/** Documented as "1 - …". */
function count(query: URLSearchParams, name: string): number {
  const text = query.get(name) ?? '';
  if (!/^[1-9]\d{0,5}$/.test(text)) throw badRequest(`${name} is not a count`);
  return Number(text);
}

// Amounts never pass through a floating-point number.
function inBitcoin(satoshi: bigint): string {
  return `${satoshi / 100_000_000n}.${String(satoshi % 100_000_000n).padStart(8, '0')}`;
}
