import 'server-only';

const USER = 'the user or its password in DATABASE_URL, and pg_hba.conf or the user list of the pooler';
const CERTIFICATE = 'the certificate of the database: its authority must be one that the portal trusts';
const REACHED = 'host and port in DATABASE_URL, and whether a firewall lets the portal through';

/** What to look at for an error of Node, of TLS or of PostgreSQL (manual, appendix A). */
const REMEDIES: Record<string, string> = {
  '08P01': 'the log of the server or of the pooler: it refused how the portal connects, and says there why',
  '28000': USER,
  '28P01': USER,
  '3D000': 'the name of the database at the end of DATABASE_URL: there is none of that name',
  '42501': 'the rights of the role: run `npm run db:migrate -- --grant <role>` as the owner of the schema',
  '53300': 'max_connections of the server: all connections are in use',
  '57P03': 'the server: it is starting or stopping',
  ENOTFOUND: 'the host name in DATABASE_URL: it has no address',
  EAI_AGAIN: 'the name server: it does not answer',
  ECONNREFUSED: 'host and port in DATABASE_URL: nothing listens there',
  ETIMEDOUT: REACHED,
  EHOSTUNREACH: REACHED,
  ERR_TLS_CERT_ALTNAME_INVALID: 'the host name in DATABASE_URL: the certificate is for another one',
  CERT_HAS_EXPIRED: 'the certificate of the database: it has expired',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: CERTIFICATE,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: CERTIFICATE,
  SELF_SIGNED_CERT_IN_CHAIN: CERTIFICATE,
  DEPTH_ZERO_SELF_SIGNED_CERT: CERTIFICATE,
};

/** Returns what to look at when the database cannot be opened. Contains no part of the address. */
export function remedyOf(error: unknown): string {
  const { code, message } = error as { code?: string; message?: string };
  if (code && Object.hasOwn(REMEDIES, code)) return REMEDIES[code] ?? REACHED;
  if (message?.includes('does not support SSL')) return 'TLS at the server: it is off, and DATABASE_URL asks for it';
  return REACHED;
}
