import 'server-only';
import { readFileSync } from 'node:fs';
import type { Environment, Report } from './environment';
import { checkKeyPair, type KeyPair } from './pem';

/** How the portal reaches other servers. */
export type Network = ReturnType<typeof toNetwork>;

export function toNetwork(env: Environment) {
  const proxy = env.HTTPS_PROXY || env.https_proxy;
  return {
    /** The egress proxy, or null. May hold credentials, so it must not be logged. */
    proxy: proxy ? toProxy(proxy) : null,
    /** The hosts that are reached without it (lib/network/route.ts). */
    noProxy: env.NO_PROXY || env.no_proxy,
    /** Authorities that count beside Node's own, each as PEM. */
    authorities: env.EXTRA_CA_CERTS,
    /** The file with more of Node's own. */
    nodeAuthoritiesFile: env.NODE_EXTRA_CA_CERTS,
    /** The client certificate for each origin that wants one. */
    keyPairs: toKeyPairs(env),
  };
}

function toKeyPairs(env: Environment): ReadonlyMap<string, KeyPair> {
  const pairs = [
    [env.KUNACORE_API_URL, env.KUNACORE_CLIENT_CERT, env.KUNACORE_CLIENT_KEY],
    [env.OIDC_ISSUER, env.OIDC_CLIENT_CERT, env.OIDC_CLIENT_KEY],
  ] as const;
  return new Map(pairs.flatMap(([url, cert, key]) => (url && cert ? [[new URL(url).origin, { cert, key }]] : [])));
}

/** Refuses settings that would have no effect, or two. */
export function checkNetwork(env: Partial<Environment>, report: Report): void {
  for (const [name, other] of [
    ['HTTPS_PROXY', 'https_proxy'],
    ['NO_PROXY', 'no_proxy'],
  ] as const)
    if (env[name] && env[other] && env[name] !== env[other]) report(name, `differs from ${other}: set one of them`);
  checkKeyPair(env, 'KUNACORE', report);
  checkKeyPair(env, 'OIDC', report);
  if (env.NODE_EXTRA_CA_CERTS && !isKnownToNode('NODE_EXTRA_CA_CERTS'))
    report('NODE_EXTRA_CA_CERTS', 'has no effect in .env, because Node reads it earlier: use EXTRA_CA_CERTS there');
}

/** Reads a proxy's address; one without a scheme is http. @returns null when it is none. */
export function toProxy(text: string): URL | null {
  const address = /^[a-z][a-z\d+.-]*:\/\//i.test(text) ? text : `http://${text}`;
  const url = URL.canParse(address) ? new URL(address) : null;
  const isProxy = url && /^https?:$/.test(url.protocol) && url.pathname === '/' && !url.search && !url.hash;
  return isProxy ? url : null;
}

/**
 * Reports whether the process was started with this variable. Other systems than Linux do not tell; there the answer is
 * yes.
 */
function isKnownToNode(name: string): boolean {
  try {
    const atStart = readFileSync('/proc/self/environ', 'utf8').split('\0');
    return atStart.some((entry) => entry.startsWith(`${name}=`));
  } catch {
    return true;
  }
}
