import { AsyncLocalStorage } from 'node:async_hooks';
import { singleton } from './singleton';

/** The reason to reject a request. A page of app/refused explains each. */
export type Refusal = 'host' | 'method' | 'length' | 'too-large' | 'headers' | 'cross-site' | 'malformed';

/** The context of the current request. */
export interface RequestContext {
  /** Identifies this request in the log and on error pages. */
  requestId: string;
  /** The client's address, as confirmed by the configured proxies; null when unknown. */
  address: string | null;
  /** Has the header of an action that Next forwarded to its page. Clients can send it too. */
  forwardedAction?: boolean;
  /** The target, when its host is spelled in a way that is another origin for browsers. */
  otherOrigin?: string;
}

const store = singleton('request-context', () => ({ current: new AsyncLocalStorage<RequestContext>() })).current;

/** Sets the context for everything that this request causes. Called once per request (lib/http/incoming-request.ts). */
export function enterRequest(context: RequestContext): void {
  store.enterWith(context);
}

/** Returns the context of the current request; undefined in background work. */
export function currentRequest(): RequestContext | undefined {
  return store.getStore();
}
