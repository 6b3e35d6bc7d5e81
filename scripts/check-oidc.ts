// npm run check:oidc
import { ConfigError, parseConfig } from '../lib/config/config';
import { keepConnectionsWarm } from '../lib/http/warm-connections';
import { setNetwork } from '../lib/network/network';
import { readCommandLine } from './command-line.mjs';
import { checkOidc } from './oidc-checks';
import { REASONS } from './oidc-reasons';
import { readSettings } from './settings.mjs';

const USAGE = `Tries the settings of the identity provider (the environment, or the files that npm start reads) without signing
anybody in, and says what to register there.

npm run check:oidc [-- reason]
  reason  explain a reason of the log (oidc_refused): ${Object.keys(REASONS).join(', ')}`;

const [asked] = readCommandLine(USAGE, { allowPositionals: true }).positionals;
process.exit((await (asked ? explain(asked) : check())) ? 0 : 1);

async function explain(reason: string): Promise<boolean> {
  const found = Object.entries(REASONS).find(([name]) => name === reason)?.[1];
  console.log(found ? `${found.means}\n  ${found.remedy}` : `One of ${Object.keys(REASONS).join(', ')}`);
  return found !== undefined;
}

async function check(): Promise<boolean> {
  try {
    const { oidc, portalOrigin, network } = parseConfig(readSettings());
    setNetwork(network);
    keepConnectionsWarm();
    if (!oidc) {
      console.log('failed  OIDC_ISSUER is not set');
      return false;
    }
    const findings = await checkOidc(oidc, portalOrigin);
    for (const { kind, text, remedy } of findings) {
      console.log(`${kind.padEnd(7)} ${text}`);
      if (remedy) console.log(`        → ${remedy}`);
    }
    return findings.every(({ kind }) => kind !== 'failed');
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    console.log(error.message);
    return false;
  }
}
