import type { Config } from '../../lib/config/config';
import { keepConnectionsWarm } from '../../lib/http/warm-connections';
import { setNetwork } from '../../lib/network/network';
import { type Configuration, readConfiguration } from './configuration';
import { checkDatabase } from './database';
import { checkFiles } from './env-files';
import { checkFront } from './front';
import { checkKunaCore } from './kunacore';
import { checkKyc } from './kyc';
import { failed } from './line';
import { checkMachine } from './machine';
import { checkMail } from './mail';
import { checkProvider } from './provider';
import { type CheckedGroup, type Group, runGroups, withoutSecrets } from './report';
import { checkWidget } from './widget';

export interface Options {
  /** The portal's folder, with its files of settings. */
  directory: string;
  /** What the portal would start with: the files, overridden by the environment. */
  settings: Record<string, string | undefined>;
  environment: Record<string, string | undefined>;
  /** Where one message is sent; without it, none is. */
  mailTo?: string;
  /** The time for each neighbour, in milliseconds. */
  limitMs: number;
  /** Names of groups; without them, all are checked. */
  only?: string[];
}

/** Checks the configuration and every neighbour that it names. */
export async function doctor(options: Options): Promise<CheckedGroup[]> {
  const { directory, settings, environment, mailTo, limitMs, only = [] } = options;
  const configuration = readConfiguration(settings);
  const { config, lines } = configuration;
  setNetwork(config.network);
  keepConnectionsWarm();
  const groups: Group[] = [
    { name: 'Configuration', check: async () => [...lines, ...checkFiles(directory, environment)] },
    { name: 'This machine', check: async () => checkMachine(directory, config) },
    ...neighbours(config, mailTo).map((group) => unlessUnusable(group, configuration)),
  ];
  const chosen = groups.filter(({ name }) => only.length === 0 || only.includes(name.toLowerCase()));
  const checked = await runGroups(chosen, limitMs);
  const secrets = secretsOf(settings);
  return JSON.parse(withoutSecrets(JSON.stringify(checked), secrets)) as CheckedGroup[];
}

/** A neighbour, and the settings without which it cannot be tried. */
interface Neighbour extends Group {
  needs: string[];
}

function neighbours(config: Config, mailTo?: string): Neighbour[] {
  const { kunacore, kyc } = config;
  return [
    { name: 'Database', needs: ['DATABASE_URL', 'PII_KEYS'], check: () => checkDatabase(config) },
    ...(kunacore
      ? [
          {
            name: 'KunaCore',
            needs: ['KUNACORE_API_URL', 'KUNACORE_API_KEY'],
            check: () => checkKunaCore(kunacore),
          },
          {
            name: 'Identity provider',
            needs: ['OIDC_ISSUER', 'OIDC_PRIVATE_KEY', 'OIDC_SCOPES'],
            check: () => checkProvider(config),
          },
          {
            name: 'Identity check',
            needs: kyc.source === 'http' ? ['KYC_URL', 'KYC_TOKEN', 'KYC_CLIENT_CERT', 'KYC_CA'] : [],
            check: () => checkKyc(config),
          },
          { name: 'Mail', needs: ['EMAIL_SERVER', 'EMAIL_FROM'], check: () => checkMail(config.email, mailTo) },
        ]
      : []),
    {
      name: 'Widget',
      needs: ['KUNACORE_WIDGET_URL', 'KUNACORE_INSTITUTION_ID', 'NEXTAUTH_URL'],
      check: () => checkWidget(config),
    },
    { name: 'Public address', needs: ['NEXTAUTH_URL'], check: () => checkFront(config) },
  ];
}

function unlessUnusable(neighbour: Neighbour, { unusable }: Configuration): Group {
  const missing = neighbour.needs.filter((name) => unusable.includes(name));
  if (missing.length === 0) return neighbour;
  const line = failed(`not tried: ${missing.join(', ')} cannot be used`, 'mend the configuration, and run this again');
  return { name: neighbour.name, check: async () => [line] };
}

/** Shorter values are no secrets, and would blot out words. */
const SHORTEST = 6;

function secretsOf(settings: Record<string, string | undefined>): string[] {
  const named = Object.entries(settings)
    .filter(([name]) => /SECRET|_KEY$|KEYS$|PASSWORD|TOKEN|LOGIN$|MERCHANT_ID/.test(name))
    .map(([, value]) => value ?? '');
  const passwords = Object.values(settings).flatMap((value = '') =>
    URL.canParse(value) ? [new URL(value).password, decode(new URL(value).password)] : [],
  );
  return [...named, ...passwords].filter((secret) => secret.length >= SHORTEST);
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
