import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { handleApi } from './api';
import { CONTROL, handleControl, reset } from './control';
import { type Call, type Core, emptyState } from './state';
import type { Switches } from './switches';
import { handleWidget } from './widget';

export type ReferenceKunaCore = {
  /** Starts both servers on 127.0.0.1, on free ports where none or 0 is given. Rejects if a port is taken. */
  listen(ports?: { api?: number; widget?: number }): Promise<{ apiUrl: string; widgetUrl: string }>;
  /** Every request to the API and the widget since the last reset, in the order of the responses. */
  readonly calls: Call[];
  setSwitches(switches: Switches): void;
  /** Forgets customers, tokens, operations, logins and calls; keeps the switches. */
  reset(): void;
  close(): Promise<void>;
};

/**
 * Creates a KunaCore written from the documentation alone, with the given answers to its open questions. It shares no
 * code with the sandbox, so a client that works with both follows the documentation.
 * `now` returns milliseconds since 1970, and decides when tokens and logins expire.
 */
export function createReferenceKunaCore(switches: Switches, now: () => number = Date.now): ReferenceKunaCore {
  const core: Core = { switches, state: emptyState(), calls: [], now };
  const api = serve((request, response) =>
    request.url?.startsWith(CONTROL) ? handleControl(core, request, response) : handleApi(core, request, response),
  );
  const widget = serve((request, response) => handleWidget(core, request, response));
  return {
    async listen(ports = {}) {
      return { apiUrl: await start(api, ports.api ?? 0), widgetUrl: await start(widget, ports.widget ?? 0) };
    },
    calls: core.calls,
    setSwitches(changed) {
      core.switches = changed;
    },
    reset: () => reset(core),
    async close() {
      await Promise.all([stop(api), stop(widget)]);
    },
  };
}

type Handler = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

// Breaks the connection on an internal error, so that it does not look like a response of KunaCore.
function serve(handler: Handler): Server {
  return createServer((request, response) => {
    handler(request, response).catch((error: unknown) => {
      console.error('reference KunaCore:', error);
      response.destroy();
    });
  });
}

function start(server: Server, port: number): Promise<string> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => {
      resolve(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    });
  });
}

function stop(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
