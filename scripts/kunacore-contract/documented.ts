import type { Shape } from '../../lib/kunacore/contract';
import { ABSENT, shapeOf } from '../../lib/kunacore/shape';
import type { Exchange } from './exchange';

const TEXT = ['string', 'decimal', 'time'];
const OPTIONAL = [...TEXT, 'null'];
const AMOUNT = ['decimal'];

/** Types by key. A key is missing when any of the objects lacks it, unless its types include `absent`. */
type Keys = Record<string, string[]>;

const CUSTOMER: Keys = {
  id: TEXT,
  email: TEXT,
  walletId: TEXT,
  phoneNumber: OPTIONAL,
  firstName: OPTIONAL,
  lastName: OPTIONAL,
  comment: OPTIONAL,
  externalId: OPTIONAL,
  createdAt: ['time'],
  referralId: OPTIONAL,
  verificationStatus: TEXT,
  walletStatus: TEXT,
};
const OPERATION: Keys = {
  id: TEXT,
  walletId: OPTIONAL,
  type: TEXT,
  status: TEXT,
  sourceAsset: OPTIONAL,
  targetAsset: OPTIONAL,
  targetAmount: [...AMOUNT, 'null'],
  // Likely keys, which the documentation does not promise.
  sourceAmount: [...AMOUNT, 'null', ABSENT],
  fee: [...AMOUNT, 'null', ABSENT],
  createdAt: ['time', 'null', ABSENT],
  updatedAt: ['time', 'null', ABSENT],
};
const BALANCE: Keys = { asset: TEXT, balance: AMOUNT, holdBalance: [...AMOUNT, 'null'] };
const RATE: Keys = { asset: TEXT, equivalent: ['object'], 'equivalent.*': [...AMOUNT, ABSENT] };

interface Documented {
  data: 'object' | 'array' | 'any';
  keys: Keys;
}

/** The documented `data` of each endpoint. A list of customers may be wrapped: that is an open question. */
const DOCUMENTED: Record<string, Documented> = {
  '/v2/auth/login': { data: 'object', keys: { accessToken: TEXT } },
  '/v2/customer/create': { data: 'object', keys: CUSTOMER },
  '/v2/customer/details': { data: 'object', keys: CUSTOMER },
  '/v2/customer/find': { data: 'any', keys: CUSTOMER },
  '/v2/ramp/token': { data: 'object', keys: { token: TEXT } },
  '/v2/balance': { data: 'array', keys: BALANCE },
  '/v2/operation/find': { data: 'any', keys: OPERATION },
  '/v2/operation/details': { data: 'array', keys: OPERATION },
  '/v2/rate/equivalent': { data: 'array', keys: RATE },
};

/** Returns how a successful response contradicts the documentation. */
export function documentedProblems({ path, text, body, status, algorithms }: Exchange): string[] {
  if (/^[\s\ufeff]*</.test(text)) return [`an HTML page with status ${status}`];
  const documented = DOCUMENTED[path];
  // The answers of customer/update and ramp/invalidate are not documented beyond the envelope.
  const isSealed = typeof body === 'object' && body !== null && 'token' in body && algorithms !== undefined;
  if (isSealed) return ['the response is encrypted, and KUNACORE_ENCRYPTION is not set'];
  if (body === undefined) return documented ? [`no JSON with status ${status}`] : [];
  const shape = shapeOf(body);
  if ('errors' in shape || 'error' in shape || 'statusCode' in shape) return [`an error body with status ${status}`];
  if (!documented) return [];
  if (!shape.data)
    return [`no data: the envelope is missing (${shape.$?.join()} with ${keysBelow(shape, '').join(', ')})`];
  const type = shape.data.join();
  if (documented.data !== 'any' && type !== documented.data) return [`data is ${type} instead of ${documented.data}`];
  const rows = rowsPath(shape);
  if (!rows) return type === 'array' || 'data.items' in shape ? [] : [`data is ${type}, neither a list nor {items}`];
  return problemsOfKeys(shape, rows, documented.keys);
}

/** Returns the keys of the rows that the documentation does not name, and those that were null. */
export function notableKeys({ path, body }: Exchange): { extra: string[]; nullable: string[] } {
  const shape = shapeOf(body);
  const rows = rowsPath(shape);
  const keys = DOCUMENTED[path]?.keys;
  if (!rows || !keys) return { extra: [], nullable: [] };
  const names = keysBelow(shape, `${rows}.`);
  const nullable = names.filter((name) => shape[`${rows}.${name}`]?.includes('null'));
  return { extra: names.filter((name) => !(name in keys)), nullable };
}

/** Returns the path of the objects that a response is about; undefined when there are none. */
function rowsPath(shape: Shape): string | undefined {
  return ['data.items[]', 'data[]', 'data'].find(
    (path) => shape[path]?.includes('object') && !(path === 'data' && 'data.items' in shape),
  );
}

function problemsOfKeys(shape: Shape, rows: string, keys: Keys): string[] {
  const unknown = keysBelow(shape, `${rows}.`).filter((name) => !(name in keys));
  return Object.entries(keys).flatMap(([key, types]) => {
    const seen = shape[`${rows}.${key}`] ?? [ABSENT];
    const wrong = seen.filter((type) => !types.includes(type));
    if (wrong.includes(ABSENT))
      return [`${key} is missing${unknown.length > 0 ? ` (new: ${unknown.join(', ')})` : ''}`];
    return wrong.map((type) => `${key} is ${type} instead of ${types[0]}`);
  });
}

/** Returns the names directly below a path. */
function keysBelow(shape: Shape, prefix: string): string[] {
  const names = Object.keys(shape).filter((path) => path.startsWith(prefix) && path !== '$');
  return names.map((path) => path.slice(prefix.length)).filter((name) => !/[.[]/.test(name));
}
