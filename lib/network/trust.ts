import 'server-only';
import { readFileSync } from 'node:fs';
import tls, { type SecureContext } from 'node:tls';
import type { Network } from '@/lib/config/network';
import type { KeyPair } from '@/lib/config/pem';
import { network } from './network';

/**
 * Returns what a TLS connection trusts and proves: Node's authorities with those of EXTRA_CA_CERTS, and a client
 * certificate.
 * @param authority the only authority that counts, as PEM.
 * @returns undefined where Node's own defaults are right.
 */
export function secureContext(
  keyPair?: KeyPair,
  authority?: string,
  settings: Network = network(),
): SecureContext | undefined {
  const ca = authority ? [authority] : authorities(settings);
  return ca || keyPair ? tls.createSecureContext({ ca, ...keyPair }) : undefined;
}

/** Returns undefined where Node's own authorities are enough: naming some takes the place of those. */
function authorities({ authorities: extra, nodeAuthoritiesFile: file }: Network): string[] | undefined {
  return extra.length === 0 ? undefined : [...nodeAuthorities(file), ...extra];
}

/** Returns Node's own authorities. Node 20 does not list those of NODE_EXTRA_CA_CERTS. */
function nodeAuthorities(file: string): readonly string[] {
  const { getCACertificates } = tls as { getCACertificates?: (type: 'default') => string[] };
  return getCACertificates?.('default') ?? [...tls.rootCertificates, ...(file ? [readFileSync(file, 'utf8')] : [])];
}
