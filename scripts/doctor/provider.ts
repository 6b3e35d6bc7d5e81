import type { Config } from '../../lib/config/config';
import { checkOidc } from '../oidc-checks';
import { type Line, warning } from './line';
import { checkConnection, checkTls, serverOf } from './tls';

/** Tries the identity provider as npm run check:oidc does. */
export async function checkProvider({ oidc, portalOrigin }: Config): Promise<Line[]> {
  if (!oidc) return [warning('no identity provider is set, so that people sign in by links alone', 'set OIDC_*')];
  const server = serverOf('OIDC_ISSUER', oidc.issuer);
  const reached = await (oidc.issuer.startsWith('https:') ? checkTls(server) : checkConnection(server));
  if (reached.kind === 'failed') return [reached];
  const findings = await checkOidc(oidc, portalOrigin);
  return [
    reached,
    // A note without a remedy is information, such as what to register.
    ...findings.map(
      ({ kind, text, remedy }): Line => ({
        kind: kind !== 'note' ? kind : remedy ? 'warning' : 'ok',
        text,
        remedy,
      }),
    ),
  ];
}
