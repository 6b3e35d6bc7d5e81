import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { withoutOtherSites } from '../local-only';
import { createApi } from './api';
import { Authentication, authenticationKind, type Credentials, LOGIN } from './authentication';
import { createWidgetBackend } from './backend';
import { type Call, Calls } from './calls';
import { createControl, isControl } from './control';
import { Customers } from './customers';
import { Encryption, type EncryptionKeys, sampleKeys } from './encryption';
import { Faults } from './faults';
import { sendAfter, strikeBefore } from './faulty-response';
import { ApiError, readText, sendError, sendJson } from './http';
import { Operations } from './operations';
import { aboutAnother } from './other-customer';
import { State } from './state';
import type { Switches } from './switches';
import { Tokens } from './tokens';
import type { WidgetBackend } from './widget-backend';

export interface KunaCoreOptions extends Credentials {
  institutionId: string;
  /** A JSON file that keeps customers, tokens and operations across restarts. Without it nothing is kept. */
  stateFile?: string;
  /** The switches at the start. */
  switches?: Switches;
  /** The host name in the API's own address. */
  publicHost?: string;
  /** Makes the pages for people, outside the API's and the control interface's paths. */
  pages?: (services: KunaCoreServices) => Pages;
  /** Keys of the message-level encryption; the repository's by default. */
  encryptionKeys?: EncryptionKeys;
}

/** Answers a request whose body is already read. @returns false where there is no page at its path. */
export type Pages = (request: IncomingMessage, response: ServerResponse, text: string) => Promise<boolean> | boolean;

/** What the pages read and change. */
export interface KunaCoreServices {
  state: State;
  calls: Calls;
  faults: Faults;
  customers: Customers;
  tokens: Tokens;
  operations: Operations;
  widgetBackend: WidgetBackend;
}

export interface KunaCore {
  /** The server of the API and its control interface, not listening yet. */
  server: Server;
  widgetBackend: WidgetBackend;
  close(): Promise<void>;
}

/** Creates an in-memory KunaCore that follows its documentation. */
export function createKunaCore({
  institutionId,
  stateFile,
  switches,
  publicHost = '127.0.0.1',
  pages = () => about,
  encryptionKeys = sampleKeys(),
  ...credentials
}: KunaCoreOptions): KunaCore {
  const state = new State(stateFile, switches);
  const calls = new Calls();
  const faults = new Faults();
  const customers = new Customers(state);
  const tokens = new Tokens(state);
  const operations = new Operations(state);
  const authentication = new Authentication(state, credentials);
  const services = { state, customers, tokens, operations };
  const api = createApi({ ...services, authentication });
  const encryption = new Encryption(encryptionKeys);
  const control = createControl({ state, calls, faults, customers, tokens });
  const widgetBackend = createWidgetBackend({ ...services, institutionId });
  const showPage = pages({ ...services, calls, faults, widgetBackend });

  async function handle(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    // Without a base URL, which would read `//v2/…` as a host.
    const url = new URL(`http://sandbox${incoming.url ?? '/'}`);
    const received = await readText(incoming);
    if (isControl(url.pathname)) {
      control(incoming, response, url.pathname, received);
      return;
    }
    if (!isApi(url.pathname) && (await showPage(incoming, response, received))) return;
    const fault = faults.take(url.pathname);
    const isEncrypted = state.switches.encryption === 'on';
    const text = isEncrypted && received ? await encryption.open(received) : received;
    const call = calls.add({ ...summarise(incoming, url, text ?? received, state.now()), fault: fault?.kind ?? null });
    try {
      const struck = await strikeBefore(fault, response, state.switches);
      if (struck !== undefined) {
        call.status = struck;
        return;
      }
      if (text === null) throw new ApiError(400, 'NOT_ENCRYPTED', 'The body must be {"token": "<compact JWE>"}');
      const result = await api({ incoming, path: url.pathname, query: url.searchParams, text });
      const isOfAnother = fault?.kind === 'other-customer';
      const sent = isOfAnother ? await aboutAnother(services, url.pathname, call.body, result) : result;
      const plain = JSON.stringify({ data: sent.data });
      const body = isEncrypted ? await encryption.seal(plain) : plain;
      call.status = sendAfter(fault, response, state.switches, sent.status, body);
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      call.status = error.status;
      sendError(response, state.switches, error);
    }
  }

  const respond = (incoming: IncomingMessage, response: ServerResponse) => {
    handle(incoming, response).catch((error: unknown) => {
      if (error instanceof ApiError) return sendJson(response, error.status, { error: error.message });
      console.error(error);
      if (!response.headersSent) sendJson(response, 500, { error: 'internal' });
    });
  };
  const guarded = withoutOtherSites(respond, publicHost);
  // Other sites cannot send the API's credentials, but the control interface and the pages need none.
  const server = createServer({ keepAliveTimeout: 30_000 }, (incoming, response) =>
    isApi(new URL(`http://sandbox${incoming.url ?? '/'}`).pathname)
      ? respond(incoming, response)
      : guarded(incoming, response),
  );

  return {
    server,
    widgetBackend,
    async close() {
      state.save();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

const isApi = (path: string) => path.startsWith('/v2/');

function about({ url }: IncomingMessage, response: ServerResponse): boolean {
  if (url !== '/') return false;
  sendJson(response, 200, { about: "KunaCore's API in the sandbox", endpoints: '/v2/…', control: '/__control/…' });
  return true;
}

function summarise(incoming: IncomingMessage, url: URL, text: string, now: number): Omit<Call, 'seq' | 'fault'> {
  const { headers, method = '' } = incoming;
  return {
    at: new Date(now).toISOString(),
    method,
    path: url.pathname,
    query: url.search,
    body: url.pathname === LOGIN ? withoutPassword(parsed(text)) : parsed(text),
    headers: {
      'user-agent': headers['user-agent'],
      traceparent: headers.traceparent as string | undefined,
      'content-type': headers['content-type'],
      'accept-encoding': headers['accept-encoding'] as string | undefined,
    },
    authentication: authenticationKind(headers),
    status: null,
  };
}

function withoutPassword(body: unknown): unknown {
  if (typeof body !== 'object' || body === null) return null;
  return 'password' in body ? { ...body, password: '***' } : body;
}

function parsed(text: string): unknown {
  try {
    return text === '' ? null : JSON.parse(text);
  } catch {
    return text;
  }
}
