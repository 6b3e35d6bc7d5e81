import { once } from 'node:events';
import type { Socket } from 'node:net';
import { isIP } from 'node:net';
import { connect, type PeerCertificate, type TLSSocket } from 'node:tls';
import type { KeyPair } from '../../lib/config/pem';
import { network } from '../../lib/network/network';
import type { Target } from '../../lib/network/route';
import { secureContext } from '../../lib/network/trust';
import { codeOf, failed, type Line, ok, warning } from './line';
import { isProxied, openDirectly, openSocket } from './way-out';

/** A server that the portal connects to. */
export interface Server extends Target {
  /** The setting that names it. */
  variable: string;
  /** The setting that holds another authority for this server alone. */
  authority?: { variable: string; pem: string };
  /** The client's certificate and key, as PEM. */
  client?: KeyPair;
  /** The name on the certificate, where it is not the host. */
  servername?: string;
  /** It is reached past the egress proxy. */
  isDirect?: boolean;
  /** Asks for TLS in the server's own protocol first. */
  upgrade?(socket: Socket): Promise<void>;
}

/** Returns the server of an address. */
export function serverOf(variable: string, address: string): Server {
  const { hostname, protocol, port, origin } = new URL(address);
  const client = network().keyPairs.get(origin);
  return {
    variable,
    ...(client && { client }),
    host: hostname,
    port: Number(port) || (protocol === 'http:' ? 80 : 443),
  };
}

const DAY_MS = 24 * 60 * 60_000;
const SOON_DAYS = 21;

/** Connects to a server without TLS. */
export async function checkConnection(server: Server): Promise<Line> {
  try {
    (await openSocket(server)).destroy();
    return ok(`${nameOf(server)} answers${throughProxy(server)}`);
  } catch (error) {
    return explain(error, server);
  }
}

/** Connects to a server with TLS as the portal does, and reads the server's certificate. */
export async function checkTls(server: Server): Promise<Line> {
  try {
    const socket = await openTls(server);
    const { valid_to: end } = socket.getPeerCertificate();
    const protocol = socket.getProtocol();
    socket.destroy();
    const days = Math.floor((Date.parse(end) - Date.now()) / DAY_MS);
    const until = new Date(end).toISOString().slice(0, 10);
    if (days < SOON_DAYS)
      return warning(`the certificate of ${nameOf(server)} expires in ${days} days (${until})`, 'have it renewed');
    return ok(`${nameOf(server)} has a certificate that is valid until ${until} (${protocol})${throughProxy(server)}`);
  } catch (error) {
    return explain(error, server);
  }
}

/** Opens a TLS connection that is verified as the portal does. @throws the system's or OpenSSL's error. */
export async function openTls(server: Server, socket?: Socket): Promise<TLSSocket> {
  const plain = socket ?? (await (server.isDirect ? openDirectly(server) : openSocket(server)));
  try {
    if (!socket) await server.upgrade?.(plain);
    const host = (server.servername ?? server.host).replace(/^\[|\]$/g, '');
    const secure = connect({
      socket: plain,
      host,
      servername: isIP(host) ? '' : host,
      ALPNProtocols: server.upgrade || socket ? undefined : ['h2', 'http/1.1'],
      secureContext: secureContext(server.client, server.authority?.pem),
    });
    await once(secure, 'secureConnect', { signal: AbortSignal.timeout(5_000) });
    secure.on('error', () => {});
    return secure;
  } catch (error) {
    plain.destroy();
    throw error;
  }
}

const nameOf = ({ host, port }: Target) => `${host}:${port}`;
const throughProxy = (server: Server) => (!server.isDirect && isProxied(server) ? ', through the egress proxy' : '');

/** Says what an error of connecting means, and what cures it. */
export function explain(error: unknown, server: Server): Line {
  const code = codeOf(error);
  const name = nameOf(server);
  const { variable } = server;
  const found = Object.entries(MEANINGS).find(([pattern]) => new RegExp(`^(${pattern})$`).test(code))?.[1];
  if (!found) return failed(`${name} cannot be reached (${code})`, `compare ${variable}, and see the firewall's log`);
  const [text, remedy] = found(server, error);
  return failed(`${name}: ${text} (${code})`, remedy);
}

type Meaning = (server: Server, error: unknown) => [text: string, remedy: string];

const authorityOf = ({ authority }: Server) => authority?.variable ?? 'EXTRA_CA_CERTS';

const MEANINGS: Record<string, Meaning> = {
  ENOTFOUND: ({ variable }) => [
    'this name has no address',
    `compare the host in ${variable}, and ask whether this machine's name server knows it`,
  ],
  EAI_AGAIN: () => ['the name server does not answer', 'check /etc/resolv.conf and the way to the name server'],
  ECONNREFUSED: ({ variable }) => [
    'nothing listens there',
    `compare host and port in ${variable}, and start the server`,
  ],
  'ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|TimeoutError|AbortError|ABORT_ERR|UND_ERR_CONNECT_TIMEOUT': ({ variable }) => [
    'no answer',
    `compare ${variable}, open the firewall for this machine, or set HTTPS_PROXY where a proxy leads outside`,
  ],
  'ECONNRESET|EPIPE|UND_ERR_SOCKET': ({ variable }) => [
    'the connection broke',
    `compare the port in ${variable}; ask whether a firewall cuts TLS, or whether the server wants a client certificate`,
  ],
  ERR_TLS_CERT_ALTNAME_INVALID: ({ variable }, error) => [
    `the certificate is for ${namesOf(error)}`,
    `write that name in ${variable}, or have a certificate issued for the name there`,
  ],
  CERT_HAS_EXPIRED: () => ['the certificate has expired', 'have it renewed, and check the clock of this machine'],
  CERT_NOT_YET_VALID: () => ['the certificate is not valid yet', 'check the clock of this machine (NTP)'],
  CERT_REVOKED: () => ['the certificate was revoked', 'have a new one issued'],
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE|UNABLE_TO_GET_ISSUER_CERT(_LOCALLY)?|SELF_SIGNED_CERT_IN_CHAIN|DEPTH_ZERO_SELF_SIGNED_CERT':
    (server) => [
      'the authority of the certificate is unknown here',
      `name your own authority in ${authorityOf(server)}; for a public one, let the server send its whole chain`,
    ],
  'ERR_SSL_(UNSUPPORTED_PROTOCOL|TLSV1_ALERT_PROTOCOL_VERSION|NO_PROTOCOLS_AVAILABLE|SSLV3_ALERT_HANDSHAKE_FAILURE|VERSION_TOO_LOW)':
    () => ['the server speaks no TLS 1.2 or 1.3 that Node accepts', 'enable TLS 1.2 or later at the server'],
  'ERR_SSL_(WRONG_VERSION_NUMBER|PACKET_LENGTH_TOO_LONG|HTTP_REQUEST)|EPROTO|NO_TLS': ({ variable }) => [
    'the server does not speak TLS on this port',
    `compare the port in ${variable}, or switch TLS on at the server`,
  ],
  'ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED|ERR_SSL_(TLSV1|SSLV3)_ALERT_(BAD_CERTIFICATE|UNKNOWN_CA|CERTIFICATE_UNKNOWN)':
    () => ['the server refuses the client certificate, or wants one', 'register the certificate there'],
  'PROXY_UNREACHABLE|PROXY_TIMEOUT': () => [
    'the egress proxy does not answer',
    'compare HTTPS_PROXY, or name this host in NO_PROXY',
  ],
  PROXY_CREDENTIALS: () => [
    'the egress proxy wants other credentials',
    'write them in HTTPS_PROXY: http://user:password@proxy:port',
  ],
  PROXY_REFUSED: () => [
    'the egress proxy does not lead there',
    'have this host and port allowed at the proxy, or name the host in NO_PROXY',
  ],
};

function namesOf(error: unknown): string {
  const cert = (error as { cert?: PeerCertificate }).cert;
  return cert?.subjectaltname?.replaceAll('DNS:', '') || String(cert?.subject?.CN ?? 'another name');
}
