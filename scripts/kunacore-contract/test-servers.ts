import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Encryption } from '../../lib/kunacore/encryption';
import {
  CREDENTIALS,
  INSTITUTION,
  OLENA,
  startKunaCore,
  type TestKunaCore,
} from '../../sandbox/kunacore/test-kunacore';
import { createWidgetServer } from '../../sandbox/widget/server';

/** A response of the API that passes through the proxy. */
export interface Passing {
  path: string;
  query: string;
  status: number;
  text: string;
  type: string;
  sent: Record<string, unknown>;
}

/** Changes a response, and so breaks the contract. */
export type Break = (response: Passing) => Partial<Passing>;

/** The sandbox's KunaCore and widget on free ports, with a proxy in front of the API that can break its contract. */
export interface TestServers {
  core: TestKunaCore;
  apiUrl: string;
  widgetUrl: string;
  institutionId: string;
  credentials: { kind: 'login'; merchantId: string; login: string; password: string };
  /** Applies to every response until `mend`. Calls of `unheard` get a success and never arrive. */
  breakWith(change: Break, unheard?: string): void;
  mend(): void;
  close(): Promise<void>;
}

export async function startServers(): Promise<TestServers> {
  const core = await startKunaCore();
  const mail = { host: '127.0.0.1', port: 1, from: 'KUNA <no-reply@kuna.example>' };
  const widget = createWidgetServer({ backend: core.widget, mail });
  const unchanged: Break = () => ({});
  let change = unchanged;
  let unheard = '';
  const proxy = createProxy(core, {
    isUnheard: (path) => path === unheard,
    pass: (response) => ({ ...response, ...change(response) }),
  });
  const [widgetUrl, apiUrl] = [await listen(widget), await listen(proxy)];
  return {
    core,
    apiUrl,
    widgetUrl: `${widgetUrl}/`,
    institutionId: INSTITUTION,
    credentials: { kind: 'login', ...CREDENTIALS },
    breakWith(next, path = '') {
      [change, unheard] = [next, path];
    },
    mend() {
      [change, unheard] = [unchanged, ''];
    },
    async close() {
      for (const server of [widget, proxy]) server.close().closeAllConnections();
      await core.close();
    },
  };
}

interface Between {
  isUnheard(path: string): boolean;
  pass(response: Passing): Passing;
}

function createProxy(core: TestKunaCore, { isUnheard, pass }: Between): Server {
  return createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks).toString();
    const { method = 'GET', url = '/' } = request;
    const [path = '', query = ''] = url.split('?');
    const init = { method, headers: endToEnd(request.headers), ...(body ? { body } : {}) };
    const { status, text, type } = isUnheard(path) ? UNHEARD : await core.send(url, init);
    const passed = pass({ path, query, status, text, type: type ?? '', sent: body ? JSON.parse(body) : {} });
    response.writeHead(passed.status, { 'content-type': passed.type }).end(passed.text);
  });
}

const UNHEARD = { status: 201, text: '{"data":{}}', type: 'application/json' };

function endToEnd(headers: IncomingHttpHeaders): Record<string, string> {
  const passed = Object.entries(headers).filter(([name]) =>
    /^(content-type|authorization|api-key|merchant_id)$/.test(name),
  );
  return Object.fromEntries(passed) as Record<string, string>;
}

async function listen(server: Server): Promise<string> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const key = (name: string) => readFileSync(`sandbox/kunacore/keys/${name}.pem`, 'utf8');

/** The partner's side of the sandbox's message-level encryption. The reference KunaCore has the same keys. */
const ENCRYPTION: Encryption = {
  publicKey: key('kuna-public'),
  privateKey: key('partner-private'),
  keyAlgorithm: 'RSA-OAEP-256',
  contentAlgorithm: 'A256GCM',
};

/** Returns the keys for a KunaCore with these switches, where it encrypts. */
export function encryptionFor(switches: object): Encryption | undefined {
  return 'encryption' in switches && switches.encryption === 'on' ? ENCRYPTION : undefined;
}

/** Creates a customer whose wallet Kuna has blocked, and then sets the switches. @returns the customer's id. */
export async function prepare({ create, control }: TestKunaCore, switches: object): Promise<string> {
  await control('POST', 'reset');
  const { id } = await create({ ...OLENA, email: 'blocked@example.test' });
  await control('POST', `customers/${id}`, { walletStatus: 'Blocked' });
  await control('POST', 'switches', switches);
  return id;
}

/** Buys twice in the sandbox's widget, so that there are operations. */
export async function buyTwice({ widget, create, token }: TestKunaCore): Promise<void> {
  const userAgent = 'Browser/1';
  const refreshToken = await token((await create()).id, userAgent);
  const opened = await widget.open({ institutionId: INSTITUTION, refreshToken, userAgent });
  if (!opened.ok) throw new Error(opened.reason);
  for (const sourceAmount of ['1000', '2000']) {
    const { id } = widget.quote(opened.session.id, { sourceAsset: 'UAH', sourceAmount, targetAsset: 'BTC' });
    widget.buy(opened.session.id, id);
  }
}
