import 'server-only';
import { secureContext } from './trust';

/**
 * Returns the driver's options for an address of PostgreSQL, which it reaches without a proxy. The driver lets `sslmode`
 * of the address replace any other TLS option, so that parameter makes room where EXTRA_CA_CERTS adds authorities. The
 * certificate and the host name are checked all the same: that is what the driver does by default.
 */
export function postgresConnection(address: string) {
  const context = secureContext();
  const url = context && new URL(address);
  const modes = url ? url.searchParams.getAll('sslmode') : [];
  // An authority of its own in the address takes the place of all others.
  if (!url || modes.length === 0 || modes.some((mode) => mode !== 'verify-full') || url.searchParams.has('sslrootcert'))
    return { connectionString: address };
  url.searchParams.delete('sslmode');
  return { connectionString: url.href, ssl: { secureContext: context } };
}
