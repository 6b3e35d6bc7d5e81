/**
 * One object per process under a name. Next bundles routes, proxy and instrumentation apart, each with its own copy
 * of a module's variables: only the global object is shared by all.
 */
export function singleton<T extends object>(name: string, initial: () => T): T {
  const key = Symbol.for(`portal.${name}`);
  const store = globalThis as unknown as Record<symbol, T | undefined>;
  const existing = store[key] ?? initial();
  store[key] = existing;
  return existing;
}
