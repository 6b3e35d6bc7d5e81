import { readFileSync } from 'node:fs';
import type { RequestListener } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { TLSSocket } from 'node:tls';
import { onTestFinished } from 'vitest';
import type { Network } from '@/lib/config/network';
import type { KeyPair } from '@/lib/config/pem';
import { network, setNetwork } from '@/lib/network/network';

const certificate = (name: string) => readFileSync(`tests/certificates/${name}.pem`, 'utf8');

/** The bank's own authority, which signed all other certificates. */
export const AUTHORITY = certificate('authority');
/** For localhost, 127.0.0.1 and *.bank.test: certificate and key. */
export const SERVER = certificate('server');
/** The portal's client certificate. */
export const CLIENT: KeyPair = { cert: certificate('client'), key: certificate('client') };
export const EXPIRED = certificate('expired');

/** Lets the test reach other servers like this, trusting the bank's authority. */
export function useNetwork(settings: Partial<Network>): void {
  const before = network();
  setNetwork({
    proxy: null,
    noProxy: '',
    authorities: [AUTHORITY],
    nodeAuthoritiesFile: '',
    keyPairs: new Map(),
    ...settings,
  });
  onTestFinished(() => setNetwork(before));
}

/** A server with TLS, which ends with the test. */
export interface TlsServer {
  port: number;
  /** The number of connections so far. */
  connections: number;
  /** The subjects of the client certificates, one for each request; null without one. */
  clients: (string | null)[];
}

/** Starts a server with TLS on a free port. @param asks for a client certificate, and requires the bank's. */
export async function startTlsServer(listener: RequestListener, asks = false): Promise<TlsServer> {
  const started: TlsServer = { port: 0, connections: 0, clients: [] };
  const options = { key: SERVER, cert: SERVER, ca: AUTHORITY, requestCert: asks, rejectUnauthorized: asks };
  const server = createServer(options, (request, response) => {
    const { subject } = request.socket instanceof TLSSocket ? request.socket.getPeerCertificate() : {};
    started.clients.push(subject?.CN ? String(subject.CN) : null);
    listener(request, response);
  });
  server.on('connection', () => {
    started.connections += 1;
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  started.port = (server.address() as AddressInfo).port;
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  return started;
}
