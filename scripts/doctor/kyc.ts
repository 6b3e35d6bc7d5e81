import { randomUUID } from 'node:crypto';
import { pino } from 'pino';
import type { Config } from '../../lib/config/config';
import { httpSource } from '../../lib/kyc/http';
import { failed, type Line, ok, warning } from './line';
import { checkConnection, checkTls, serverOf } from './tls';
import { ask } from './way-out';

const VARIABLE = 'KYC_URL';

/** Asks the institution's service for a person who cannot exist, as the portal asks (docs/kyc.md). */
export async function checkKyc({ kyc }: Config): Promise<Line[]> {
  if (kyc.source !== 'http') return [ok(`KYC_SOURCE is ${kyc.source}, which asks no service of its own`)];
  const { cert, key, ca } = kyc.tls;
  const server = {
    ...serverOf(VARIABLE, kyc.url),
    ...(ca && { authority: { variable: 'KYC_CA', pem: ca } }),
    ...(cert && { client: { cert, key } }),
  };
  const reached = await (kyc.url.startsWith('https:') ? checkTls(server) : checkConnection(server));
  if (reached.kind === 'failed') return [reached];
  return [reached, await askForNobody(kyc), ...(cert ? [] : await askAsStranger(kyc.url))];
}

const nobody = () => {
  const id = `doctor-${randomUUID()}`;
  return { subject: id, email: `${id}@doctor.invalid` };
};

async function askForNobody(kyc: Config['kyc']): Promise<Line> {
  let refusal: Record<string, unknown> = {};
  const log = pino({ level: 'error' }, { write: (line) => Object.assign(refusal, JSON.parse(line)) });
  const { state } = await httpSource({ ...kyc, institution: 'the institution' }, log).find({ ...nobody(), claims: {} });
  if (state === 'none') return ok('the service answers 404 for a person who cannot exist');
  if (state !== 'unavailable')
    return failed('the service knows a person who cannot exist', 'let it answer 404 for people it does not know');
  const { reason, status, fields } = refusal;
  refusal = {};
  const because = [reason, status, fields].filter(Boolean).join(' ');
  return failed(`the service gives no answer that counts (${because})`, remedyOf(String(reason), Number(status)));
}

function remedyOf(reason: string, status: number): string {
  if (status === 401 || status === 403) return 'compare KYC_TOKEN, or KYC_CLIENT_CERT, with what the service accepts';
  if (reason === 'redirect') return `set ${VARIABLE} to the address that it leads to: redirects are not followed`;
  if (status >= 500) return "see the service's own log: it failed";
  if (reason === 'status')
    return `compare the path in ${VARIABLE}: the contract is POST with JSON, answered 200 or 404`;
  if (reason === 'timeout') return 'let the service answer within 3 s';
  if (reason === 'unreachable') return 'see whether the service breaks the connection, and wants a client certificate';
  return `compare ${VARIABLE} and the service's answers with the contract in docs/kyc.md`;
}

/** A service that answers 404 without credentials, too, protects nobody's data, or has nothing at this path. */
async function askAsStranger(url: string): Promise<Line[]> {
  const headers = { 'content-type': 'application/json', accept: 'application/json' };
  const response = await ask(url, { method: 'POST', headers, body: JSON.stringify(nobody()) }).catch(() => null);
  await response?.body?.cancel();
  if (!response || response.status === 401 || response.status === 403)
    return response ? [ok('the service refuses questions without credentials')] : [];
  return [
    warning(
      `the service answers ${response.status} without credentials, too`,
      `compare the path in ${VARIABLE}; if it is right, let the service ask for KYC_TOKEN`,
    ),
  ];
}
