import type { IncomingMessage, ServerResponse } from 'node:http';
import { z } from 'zod';
import type { Calls } from './calls';
import { type Customers, createBody, decisionBody } from './customers';
import { type Faults, faultSchema } from './faults';
import { ApiError, parseBody, sendJson } from './http';
import type { State } from './state';
import { switchesSchema } from './switches';
import type { Tokens } from './tokens';

interface Services {
  state: State;
  calls: Calls;
  faults: Faults;
  customers: Customers;
  tokens: Tokens;
}

const clockBody = z.strictObject({ offsetMs: z.number().int() });
const PREFIX = '/__control/';

/** Returns whether a request is for the control interface. */
export function isControl(path: string): boolean {
  return path.startsWith(PREFIX);
}

/** Returns whether the peer is on this machine. */
export function isLoopback(address: string | undefined): boolean {
  return /^(::ffff:)?127\.|^::1$/.test(address ?? '');
}

/** Handles the tests' control interface: calls, faults, switches, customers and clock. For this machine only. */
export function createControl({ state, calls, faults, customers, tokens }: Services) {
  const read = <T>(request: IncomingMessage, text: string, schema: z.ZodType<T>) => parseBody(request, text, schema);

  const routes: Record<string, (request: IncomingMessage, text: string) => unknown> = {
    'GET calls': () => calls.all(),
    'DELETE calls': () => calls.clear(),
    'GET switches': () => state.switches,
    'POST switches': (request, text) => {
      const change = read(request, text, z.record(z.string(), z.unknown()));
      const next = switchesSchema.safeParse({ ...state.switches, ...change });
      if (!next.success) throw new ApiError(400, 'UNKNOWN_SWITCH', z.prettifyError(next.error));
      state.switches = next.data;
      return state.switches;
    },
    'GET faults': () => faults.list(),
    'POST faults': (request, text) => {
      faults.add(read(request, text, faultSchema));
      return faults.list();
    },
    'DELETE faults': () => faults.clear(),
    'GET clock': () => ({ offsetMs: state.clockOffset, now: new Date(state.now()).toISOString() }),
    'POST clock': (request, text) => {
      state.clockOffset = read(request, text, clockBody).offsetMs;
      return { offsetMs: state.clockOffset };
    },
    'GET customers': () =>
      state.data.customers.map((customer) => ({ ...customer, liveTokens: tokens.living(customer.id).length })),
    'POST customers': (request, text) => customers.create(read(request, text, createBody)),
    'POST reset': () => {
      state.reset();
      calls.clear();
      faults.clear();
    },
  };

  return function control(request: IncomingMessage, response: ServerResponse, path: string, text: string): void {
    if (!isLoopback(request.socket.remoteAddress)) throw new ApiError(404, 'NOT_FOUND', 'Not here');
    const name = path.slice(PREFIX.length);
    const customerId = /^customers\/([^/]+)$/.exec(name)?.[1];
    if (customerId && request.method === 'POST') {
      sendJson(response, 200, customers.decide(customerId, read(request, text, decisionBody)));
      return;
    }
    const route = routes[`${request.method} ${name}`];
    if (!route) throw new ApiError(404, 'NOT_FOUND', 'There is no such control');
    sendJson(response, 200, route(request, text) ?? { ok: true });
  };
}
