import type { IncomingMessage } from 'node:http';
import { z } from 'zod';
import { type Authentication, LOGIN } from './authentication';
import { type Customers, createBody, customerView, detailsBody, findBody, updateBody } from './customers';
import { ApiError, parseBody } from './http';
import {
  balanceBody,
  type Operations,
  detailsBody as operationDetailsBody,
  findBody as operationFindBody,
} from './operations';
import { equivalentRates } from './rates';
import type { State } from './state';
import type { Tokens } from './tokens';

/** A parsed request to an endpoint. */
export interface ApiRequest {
  incoming: IncomingMessage;
  path: string;
  query: URLSearchParams;
  text: string;
}

export interface ApiResponse {
  status: number;
  data: unknown;
}

interface Services {
  state: State;
  authentication: Authentication;
  customers: Customers;
  tokens: Tokens;
  operations: Operations;
}

interface Endpoint {
  method: 'GET' | 'POST';
  /** Whether the endpoint needs no credentials, as only the login does. */
  open?: boolean;
  respond(request: ApiRequest): Promise<ApiResponse> | ApiResponse;
}

const tokenBody = z.strictObject({ customerId: z.string().min(1), userAgent: z.string().min(1) });
const invalidateBody = z.strictObject({ customerId: z.string().min(1) });

/** All documented endpoints, by path. */
export function createApi({ state, authentication, customers, tokens, operations }: Services) {
  const ok = (data: unknown): ApiResponse => ({ status: state.switches.successCode, data });
  const page = (all: object[], skip = 0, take = 20) => {
    const items = all.slice(skip, skip + take);
    return ok(state.switches.findShape === 'array' ? items : { items, total: all.length });
  };

  const endpoints: Record<string, Endpoint> = {
    [LOGIN]: {
      method: 'POST',
      open: true,
      respond: async ({ incoming, text }) => ok(await authentication.logIn(incoming, text)),
    },
    '/v2/customer/create': post(createBody, (body) => ok(customerView(customers.create(body)))),
    '/v2/customer/find': post(findBody, ({ skip, take, ...search }) =>
      page(customers.find(search).map(customerView), skip, take),
    ),
    '/v2/customer/details': post(detailsBody, ({ id }) => ok(customerView(customers.byId(id)))),
    '/v2/customer/update': post(updateBody, (body) => ok(customerView(customers.update(body)))),
    '/v2/ramp/token': post(tokenBody, async ({ customerId, userAgent }) => {
      const customer = customers.byId(customerId);
      if (customer.walletStatus !== 'Active') throw new ApiError(403, 'WALLET_BLOCKED', 'The wallet is not active');
      return ok({ token: await tokens.issue(customer, userAgent) });
    }),
    '/v2/ramp/invalidate': post(invalidateBody, ({ customerId }) => {
      const ended = tokens.invalidate(customers.byId(customerId).id);
      if (ended === 0 && state.switches.invalidateWithoutToken === '404') {
        throw new ApiError(404, 'NO_AUTHORISATION', 'There is nothing to cancel');
      }
      return ok({ success: true });
    }),
    '/v2/balance': post(balanceBody, ({ walletId, assets }) =>
      ok(operations.balances(customers.byWallet(walletId).walletId, assets)),
    ),
    '/v2/operation/find': {
      method: 'POST',
      respond: (request) => {
        // Both ranges are documented as "1 - …".
        const search = parseBody(request.incoming, request.text, operationFindBody);
        const found = operations.find(search).map((operation) => operations.view(operation));
        return page(found, fromOne(request.query, 'skip'), fromOne(request.query, 'take'));
      },
    },
    '/v2/operation/details': post(operationDetailsBody, ({ id }) => ok([operations.view(operations.byId(id))])),
    '/v2/rate/equivalent': { method: 'GET', respond: () => ok(equivalentRates()) },
  };

  /** Runs the endpoint of a request. @throws ApiError 404, 405, 401, or the endpoint's own. */
  return async function respond(request: ApiRequest): Promise<ApiResponse> {
    const endpoint = endpoints[request.path];
    if (!endpoint) throw new ApiError(404, 'NOT_FOUND', 'There is no such endpoint');
    if (request.incoming.method !== endpoint.method)
      throw new ApiError(405, 'METHOD_NOT_ALLOWED', `Use ${endpoint.method}`);
    if (!endpoint.open) await authentication.check(request.incoming.headers);
    return endpoint.respond(request);
  };
}

function post<T>(schema: z.ZodType<T>, respond: (body: T) => Promise<ApiResponse> | ApiResponse): Endpoint {
  return { method: 'POST', respond: (request) => respond(parseBody(request.incoming, request.text, schema)) };
}

function fromOne(query: URLSearchParams, name: string): number | undefined {
  const text = query.get(name);
  if (text === null) return undefined;
  if (!/^[1-9]\d{0,5}$/.test(text)) throw new ApiError(400, 'VALIDATION_ERROR', `Check ${name}`);
  return Number(text);
}
