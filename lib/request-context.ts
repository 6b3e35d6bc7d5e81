import { AsyncLocalStorage } from 'node:async_hooks';
import { singleton } from './singleton';

/** Why a request is refused; a page of app/refused explains each. */
export type Refusal = 'host' | 'method' | 'length' | 'too-large' | 'headers' | 'cross-site' | 'malformed';

/** What was found before Next saw the request, and the target that it had. */
export interface EarlyRefusal {
  reason: Refusal;
  path: string;
}

/** What belongs to the request that is being answered, wherever in the code that is. */
export interface RequestContext {
  /** Names this request in the log and on error pages: "tell us this number". */
  requestId: string;
  /** The client's address as far as the portal's own proxies vouch for it; null when there is none. */
  address: string | null;
  /** Why proxy.ts has to refuse it. */
  refusal?: EarlyRefusal;
  /** Says that it is an action which Next has forwarded to the page that has it. Anybody can say so. */
  forwardedAction?: boolean;
  /** The target, when it was asked for under a spelling of the host that browsers take for another origin. */
  otherOrigin?: string;
}

const store = singleton('request-context', () => ({ current: new AsyncLocalStorage<RequestContext>() })).current;

/** From here on, whatever this request causes knows its context. Called once a request (lib/http/incoming-request.ts). */
export function enterRequest(context: RequestContext): void {
  store.enterWith(context);
}

/** The request that is being answered; undefined in background work. */
export function currentRequest(): RequestContext | undefined {
  return store.getStore();
}
