import 'server-only';
import { setGlobalDispatcher } from 'undici';
import { createDispatcher } from '@/lib/network/dispatcher';

/**
 * Shorter than what common servers and load balancers allow (60 s or more), so that the portal closes first: a request
 * on a connection that the other side has just closed fails. A server that announces less (`Keep-Alive`) gets less.
 */
const IDLE_MS = 55_000;

/**
 * Keeps connections of Node's `fetch`, and so those to KunaCore, for as long as a person may pause between two pages.
 * Node's own limit is 4 s: nearly every token would wait for a new connection, two round trips with TLS.
 */
export function keepConnectionsWarm(): void {
  setGlobalDispatcher(createDispatcher({ keepAliveTimeout: IDLE_MS }));
}
