import 'server-only';
import { AsyncLocalStorage } from 'node:async_hooks';
import { type Context, type ContextManager, ROOT_CONTEXT } from '@opentelemetry/api';

/**
 * Keeps the active span across asynchronous work. Unlike @opentelemetry/context-async-hooks it can also enter a context
 * without a function to run in it, as a request needs that Node only reports (lib/http/incoming-request.ts).
 */
export class Contexts implements ContextManager {
  #store = new AsyncLocalStorage<Context>();

  active(): Context {
    return this.#store.getStore() ?? ROOT_CONTEXT;
  }

  /** Sets the context for the rest of this asynchronous work, and everything that it starts. */
  enter(context: Context): void {
    this.#store.enterWith(context);
  }

  with<A extends unknown[], F extends (...args: A) => ReturnType<F>>(
    context: Context,
    work: F,
    thisArg?: ThisParameterType<F>,
    ...args: A
  ): ReturnType<F> {
    return this.#store.run(context, () => work.call(thisArg, ...args));
  }

  bind<T>(context: Context, target: T): T {
    if (typeof target !== 'function') return target;
    const store = this.#store;
    return function (this: unknown, ...args: unknown[]) {
      return store.run(context, () => target.apply(this, args));
    } as T;
  }

  enable(): this {
    return this;
  }

  disable(): this {
    this.#store.disable();
    return this;
  }
}
