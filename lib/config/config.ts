import 'server-only';
import { z } from 'zod';
import type { Credentials } from '@/lib/kunacore/authentication';
import { readContract } from './contract';
import { checkAcross } from './cross-checks';
import { toEncryption } from './encryption';
import { type Environment, environment, isLoopback, type Report, toUrl, VARIABLES } from './environment';
import { FRAME_FEATURES } from './features';
import { toKyc } from './kyc';
import { toNetwork } from './network';
import { toLanguages, toOffers } from './offers';
import { toOidc } from './oidc';
import { toOperators } from './operators';
import { refuseOffLoopback } from './production-checks';
import { toTelemetry } from './telemetry';

/** Everything the environment decides, typed. Built by `parseConfig`, read through `config()`. */
export type Config = ReturnType<typeof toConfig>;

/** Names every setting that is missing or unsafe, all at once, and never shows its value. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  constructor(readonly problems: { variable: string; problem: string }[]) {
    super(`The portal cannot start:\n${problems.map((p) => `  ${p.variable}: ${p.problem}`).join('\n')}`);
  }
}

/**
 * Turns environment variables into the configuration; an empty one counts as not set.
 * @throws ConfigError naming every missing or unsafe variable. (ASVS 13.1, 13.3: unsafe values stop the start.)
 */
export function parseConfig(variables: Record<string, string | undefined>): Config {
  const given = Object.fromEntries(Object.entries(variables).filter(([, value]) => value?.trim()));
  const { data, error } = checked.safeParse(given);
  if (data) return toConfig(data, Object.keys(given));
  const problems = Object.entries(z.flattenError(error).fieldErrors);
  throw new ConfigError(problems.map(([variable, [problem = '']]) => ({ variable, problem })));
}

let current: Config | undefined;

/** Returns the configuration of this process, parsed on first use. @throws ConfigError */
export function config(): Config {
  current ??= parseConfig({
    ...process.env,
    // Next replaces each of these names by its value when it builds (next.config.mjs).
    BUILD_ACTIONS_KEY: process.env.BUILD_ACTIONS_KEY,
    BUILD_DEPLOYMENT_ID: process.env.BUILD_DEPLOYMENT_ID,
  });
  return current;
}

/** Adds the rules across variables. They run even when single variables are wrong, to report all problems at once. */
const checked = environment.superRefine(
  (env: Partial<Environment>, context) => {
    const report: Report = (variable, message) => context.addIssue({ code: 'custom', path: [variable], message });
    const loopback = isOnLoopback(env);
    checkAcross(env, loopback, report);
    if (!loopback) refuseOffLoopback(env, report);
  },
  { when: () => true },
);

function isOnLoopback({ NEXTAUTH_URL }: Partial<Environment>): boolean {
  return isLoopback(toUrl(NEXTAUTH_URL)?.hostname);
}

/**
 * Builds the configuration from settings of which each alone is valid. Rules across settings are not checked.
 * @param given names of all variables that are set.
 */
export function toConfig(env: Environment, given: string[] = []) {
  return {
    /** Canonical origin of the portal, e.g. `https://portal.bank.example`. */
    portalOrigin: env.NEXTAUTH_URL,
    /** True while the portal is only reachable from this machine: only then are unsafe settings accepted. */
    loopback: isOnLoopback(env),
    /** True when the portal is served over TLS: decides on `__Host-` cookies and HSTS. */
    secure: env.NEXTAUTH_URL.startsWith('https:'),
    secret: env.NEXTAUTH_SECRET,
    database: toDatabase(env),
    /** Encryption keys for personal data. The first one writes, all of them read. */
    piiKeys: env.PII_KEYS,
    widget: toWidget(env),
    /** Null when only Kuna's own integration (type 1) is offered. */
    kunacore:
      env.KUNACORE_WIDGET_TYPE === 'kuna'
        ? null
        : { apiUrl: env.KUNACORE_API_URL, credentials: toCredentials(env), encryption: toEncryption(env) },
    /** What KunaCore is known to answer. Null when no file is given. */
    contract: env.KUNACORE_CONTRACT ? readContract(env.KUNACORE_CONTRACT) : null,
    oidc: toOidc(env, isOnLoopback(env)),
    kyc: toKyc(env),
    stepUp: toStepUp(env),
    /** How many operators must accept details before KunaCore gets them. */
    reviewers: env.KYC_MODE === 'trusted' ? 0 : env.KYC_FOUR_EYES === 'on' ? 2 : 1,
    retentionYears: env.RETENTION_YEARS,
    email: env.EMAIL_SERVER ? { server: env.EMAIL_SERVER, from: env.EMAIL_FROM } : null,
    offers: toOffers(env),
    /** The languages that people can choose. The first is for those whose browser accepts none of them. */
    languages: toLanguages(env),
    operators: toOperators(env),
    session: { idleMinutes: env.SESSION_IDLE_MINUTES, maxHours: env.SESSION_MAX_HOURS },
    /** Authenticates POST /api/reconcile. Null: there is no such route. */
    reconcileToken: env.RECONCILE_TOKEN ?? null,
    network: toNetwork(env),
    trustedProxyHops: env.TRUSTED_PROXY_HOPS,
    drainSeconds: env.DRAIN_SECONDS,
    logLevel: env.LOG_LEVEL,
    /** Whether each request writes a line to the log. */
    logsAccess: env.LOG_ACCESS === 'on',
    /** Null while telemetry is off. */
    telemetry: toTelemetry(env),
    /** Settings of OpenTelemetry that others may read, and the portal does not. */
    ignoredSettings: given.filter((name) => name.startsWith('OTEL_') && !VARIABLES.some((known) => known === name)),
  };
}

function toWidget(env: Environment) {
  const { origin } = new URL(env.KUNACORE_WIDGET_URL);
  return {
    type: env.KUNACORE_WIDGET_TYPE,
    url: env.KUNACORE_WIDGET_URL,
    origin,
    /** The pages that the frame may show: the widget, and payment pages that it navigates to. */
    frameOrigins: [...new Set([origin, ...env.KUNACORE_WIDGET_FRAME_ORIGINS])],
    /** Browser features that these pages get. */
    features: [...FRAME_FEATURES, ...env.KUNACORE_WIDGET_FEATURES],
    institutionId: env.KUNACORE_INSTITUTION_ID,
  };
}

function toDatabase({ DATABASE_URL: url, DATA_DIR: directory, ...env }: Environment) {
  if (!url) return { kind: 'embedded', directory } as const;
  return {
    kind: 'postgres',
    url,
    /** The address without a pooler. */
    directUrl: env.DATABASE_DIRECT_URL || url,
    migrations: env.DATABASE_MIGRATIONS,
  } as const;
}

function toCredentials(env: Environment): Credentials {
  if (env.KUNACORE_API_KEY) return { kind: 'api-key', apiKey: env.KUNACORE_API_KEY };
  const { KUNACORE_MERCHANT_ID: merchantId, KUNACORE_LOGIN: login, KUNACORE_PASSWORD: password } = env;
  return { kind: 'login', merchantId, login, password };
}

/** What needs a fresh sign-in beyond an operator's actions and the deletion of the account, and of which strength. */
function toStepUp({ STEP_UP }: Environment) {
  const acr = STEP_UP.find((rule) => rule.startsWith('acr='))?.slice('acr='.length) ?? null;
  return { firstPurchase: STEP_UP.includes('first-purchase'), acr };
}
