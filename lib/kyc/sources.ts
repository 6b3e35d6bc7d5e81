import 'server-only';
import type { Logger } from 'pino';
import { brand } from '@/lib/brand/brand';
import { type Config, ConfigError, config } from '@/lib/config/config';
import { log } from '@/lib/log/log';
import { claimsSource } from './claims';
import { formSource } from './form';
import { httpSource } from './http';
import type { KycSource } from './source';

/** The values of KYC_SOURCE: one line for each source. */
const SOURCES: Record<string, (settings: Config, log: Logger) => KycSource> = {
  claims: ({ oidc, kyc }) => claimsSource({ provider: oidc?.name ?? brand.name, trustsAll: kyc.trustsAllClaims }),
  http: ({ kyc }, log) => httpSource({ ...kyc, institution: brand.name }, log),
  form: () => formSource,
};

let current: KycSource | undefined;

/** Returns the source that KYC_SOURCE chooses. @throws ConfigError when there is none of that name. */
export function kycSource(): KycSource {
  current ??= createSource(config());
  return current;
}

function createSource(settings: Config): KycSource {
  const { source } = settings.kyc;
  const create = Object.hasOwn(SOURCES, source) ? SOURCES[source] : undefined;
  if (create) return create(settings, log());
  const problem = `must be one of ${Object.keys(SOURCES).join(', ')}`;
  throw new ConfigError([{ variable: 'KYC_SOURCE', problem }]);
}
