import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import type { Call } from './calls';
import { createKunaCore } from './kunacore';
import type { WidgetBackend } from './widget-backend';

export const CREDENTIALS = { apiKey: 'key-1', merchantId: 'merchant-1', login: 'partner', password: 'pass-1' };
export const INSTITUTION = 'institution-1';
export const KEY = { 'api-key': CREDENTIALS.apiKey };
export const BROWSER = 'Browser/1';
export const OLENA = {
  email: 'olena@example.test',
  firstName: 'Олена',
  lastName: 'Шевченко',
  country: 'UA',
  verificationDocumentId: '001234567',
  residenceAddress: 'вул. Хрещатик 1, Київ',
};
export const PETRO = { ...OLENA, email: 'petro@example.test', firstName: 'Петро' };

interface TestResponse {
  status: number;
  type: string | null;
  text: string;
  retryAfter: string | null;
}

export interface CustomerResponse {
  id: string;
  walletId: string;
  email: string;
}

/** KunaCore on a free port, with clients for its API and its control interface. */
export interface TestKunaCore {
  url: string;
  widget: WidgetBackend;
  /** Sends any request. */
  send(path: string, init?: RequestInit): Promise<TestResponse>;
  /** Posts JSON with the API key. */
  post(path: string, body: unknown, headers?: Record<string, string>): Promise<TestResponse>;
  /** Posts JSON. @returns the response's `data`. @throws Error when it is refused */
  data<T>(path: string, body: unknown): Promise<T>;
  create(customer?: object): Promise<CustomerResponse>;
  token(customerId: string, userAgent?: string): Promise<string>;
  control<T = unknown>(method: 'GET' | 'POST' | 'DELETE', name: string, body?: object): Promise<T>;
  calls(): Promise<Call[]>;
  passes(ms: number): Promise<unknown>;
  close(): Promise<void>;
}

export async function startKunaCore(stateFile?: string): Promise<TestKunaCore> {
  const { server, widgetBackend, close } = createKunaCore({ ...CREDENTIALS, institutionId: INSTITUTION, stateFile });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  const send: TestKunaCore['send'] = async (path, init) => {
    const response = await fetch(url + path, { redirect: 'manual', ...init });
    const { status, headers } = response;
    return {
      status,
      type: headers.get('content-type'),
      text: await response.text(),
      retryAfter: headers.get('retry-after'),
    };
  };
  const post: TestKunaCore['post'] = (path, body, headers = KEY) =>
    send(path, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify(body),
    });
  const data = async <T>(path: string, body: unknown): Promise<T> => {
    const { status, text } = await post(path, body);
    if (status >= 300) throw new Error(`${path}: ${status} ${text}`);
    return (JSON.parse(text) as { data: T }).data;
  };
  const control = async <T>(method: string, name: string, body?: object): Promise<T> => {
    const headers = { 'content-type': 'application/json' };
    const init = body ? { method, headers, body: JSON.stringify(body) } : { method };
    const { status, text } = await send(`/__control/${name}`, init);
    if (status !== 200) throw new Error(`${method} ${name}: ${status} ${text}`);
    return JSON.parse(text) as T;
  };

  return {
    url,
    widget: widgetBackend,
    send,
    post,
    data,
    create: (customer = OLENA) => data('/v2/customer/create', customer),
    token: async (customerId, userAgent = BROWSER) =>
      (await data<{ token: string }>('/v2/ramp/token', { customerId, userAgent })).token,
    control,
    calls: () => control('GET', 'calls'),
    async passes(ms) {
      const { offsetMs } = await control<{ offsetMs: number }>('GET', 'clock');
      return control('POST', 'clock', { offsetMs: offsetMs + ms });
    },
    close,
  };
}
