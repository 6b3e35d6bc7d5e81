import 'server-only';
import type { Socket } from 'node:net';
import { proxyFor } from './route';
import { secureContext } from './trust';
import { openTunnel } from './tunnel';

/** The part of nodemailer's options that says where the mail server is. */
interface Server {
  host?: string;
  port?: number | string;
  secure?: boolean;
}

type Callback = (error: Error | null, options?: { connection: Socket }) => void;

/** Returns nodemailer's options for a connection to the mail server: through the proxy where one leads to it. */
export function mailConnection() {
  const context = secureContext();
  return { getSocket, ...(context && { tls: { secureContext: context } }) };
}

function getSocket({ host = 'localhost', port, secure }: Server, callback: Callback): void {
  const target = { host, port: Number(port) || (secure ? 465 : 587) };
  const proxy = proxyFor(target);
  if (proxy) openTunnel(proxy, target).then((connection) => callback(null, { connection }), callback);
  else callback(null);
}
