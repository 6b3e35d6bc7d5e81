import type { ApiResponse } from './api';
import { customerView } from './customers';
import type { Operations } from './operations';
import type { Customer, State } from './state';
import type { Tokens } from './tokens';

interface Services {
  state: State;
  tokens: Tokens;
  operations: Operations;
}

/**
 * Applies the fault `other-customer`: the same kind of response about another customer.
 *
 * @returns `answer` unchanged where there is no other customer, or where it is about none
 */
export async function aboutAnother(
  { state, tokens, operations }: Services,
  path: string,
  body: unknown,
  response: ApiResponse,
): Promise<ApiResponse> {
  const named = JSON.stringify([body, response.data]).toLowerCase();
  const other = state.data.customers.find((customer) => !isNamed(customer, named));
  if (!other) return response;
  const { userAgent, assets } = (body ?? {}) as { userAgent?: string; assets?: string[] };
  const theirs = () => operations.find({ walletId: other.walletId }).map((operation) => operations.view(operation));
  switch (path) {
    case '/v2/ramp/token':
      return { ...response, data: { token: await tokens.issue(other, userAgent ?? '') } };
    case '/v2/balance':
      return { ...response, data: operations.balances(other.walletId, assets ?? []) };
    case '/v2/operation/find':
      return { ...response, data: inShapeOf(response.data, theirs()) };
    case '/v2/operation/details':
      return { ...response, data: theirs().slice(0, 1) };
    case '/v2/customer/find':
      return { ...response, data: inShapeOf(response.data, [customerView(other)]) };
    case '/v2/customer/create':
    case '/v2/customer/details':
    case '/v2/customer/update':
      return { ...response, data: customerView(other) };
    default:
      return response;
  }
}

function isNamed({ id, walletId, email }: Customer, named: string): boolean {
  return [id, walletId, email.toLowerCase()].some((name) => named.includes(`"${name}"`));
}

function inShapeOf(data: unknown, rows: object[]): unknown {
  return Array.isArray(data) ? rows : { items: rows, total: rows.length };
}
