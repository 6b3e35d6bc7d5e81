import { connect, createServer } from 'node:net';
import { pipeline } from 'node:stream';

/** Hosts that only this machine reaches. */
const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/i;
const ADDRESSES = ['127.0.0.1', '::1'];

/** The host to listen on for this address of the portal; null when people reach it from elsewhere. */
export function loopbackHost(portalUrl) {
  const hostname = URL.canParse(portalUrl) ? new URL(portalUrl).hostname : '';
  return LOOPBACK.test(hostname) ? hostname.replace(/[[\]]/g, '') : null;
}

/**
 * `localhost` is two addresses and Next listens on one. Forwards connections to the other one, where the machine has
 * it: some programs try only the first address.
 * @returns how to stop; connections that are open stay open until their other end closes them.
 */
export async function forwardOtherLoopback(port) {
  const servers = await Promise.all(ADDRESSES.map((address, index) => forward(address, ADDRESSES[1 - index], port)));
  return () => {
    for (const server of servers) server?.close();
  };
}

/** Resolves to null when the address is taken (by Next) or does not exist. */
function forward(from, to, port) {
  const server = createServer({ allowHalfOpen: true }, (client) => {
    const portal = connect({ host: to, port, allowHalfOpen: true });
    pipeline(client, portal, () => {});
    pipeline(portal, client, () => {});
  });
  return new Promise((resolve) => {
    server.once('error', () => resolve(null));
    server.listen({ host: from, port, ipv6Only: true }, () => resolve(server));
  });
}
