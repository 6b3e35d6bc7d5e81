/**
 * Returns the process's object of this name. Next bundles routes, proxy and instrumentation separately, each with its own
 * copy of module variables. Only the global object is shared.
 */
export function singleton<T extends object>(name: string, initial: () => T): T {
  const key = Symbol.for(`portal.${name}`);
  const store = globalThis as unknown as Record<symbol, T | undefined>;
  const existing = store[key] ?? initial();
  store[key] = existing;
  return existing;
}
