import { connect, createServer } from 'node:net';
import { pipeline } from 'node:stream';

/** Hosts that only this machine can reach. */
const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/i;
const ADDRESSES = ['127.0.0.1', '::1'];

/** Returns the host to listen on for this address of the portal, or null when other machines reach it. */
export function loopbackHost(portalUrl) {
  const hostname = URL.canParse(portalUrl) ? new URL(portalUrl).hostname : '';
  return LOOPBACK.test(hostname) ? hostname.replace(/[[\]]/g, '') : null;
}

/**
 * Forwards connections from the other loopback address, if the machine has it. Next listens on one address of
 * `localhost`, and some programs try only the first.
 * @returns a function that stops it. Open connections stay until their other end closes them.
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
