import 'server-only';
import { z } from 'zod';
import { holdsSample } from './samples';

const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/;

const environment = z.object({
  NEXTAUTH_URL: z.string().optional(),
  NEXTAUTH_SECRET: z.string().optional(),
  DATABASE_URL: z.string().optional(),
  DATA_DIR: z.string().default('.data'),
  PII_KEYS: z.string().optional(),
  KUNACORE_API_URL: z.string().optional(),
  KUNACORE_API_KEY: z.string().optional(),
  KUNACORE_MERCHANT_ID: z.string().optional(),
  KUNACORE_LOGIN: z.string().optional(),
  KUNACORE_PASSWORD: z.string().optional(),
  KUNACORE_INSTITUTION_ID: z.string().optional(),
  KUNACORE_WIDGET_URL: z.string().optional(),
  KUNACORE_WIDGET_TYPE: z.string().default('partner'),
  OIDC_ISSUER: z.string().optional(),
  OIDC_CLIENT_ID: z.string().optional(),
  OIDC_CLIENT_SECRET: z.string().optional(),
  OIDC_NAME: z.string().optional(),
  EMAIL_SERVER: z.string().optional(),
  EMAIL_FROM: z.string().optional(),
  OPERATOR_EMAILS: z.string().default(''),
  OPERATOR_SIGN_IN: z.string().optional(),
  SESSION_IDLE_MINUTES: z.string().default('30'),
  SESSION_MAX_HOURS: z.string().default('12'),
  TRUSTED_PROXY_HOPS: z.string().default('0'),
  LOG_LEVEL: z.string().default('info'),
});
/** Every setting of the portal, each with a line in .env.example. */
export const VARIABLES = environment.keyof().options;

/** With what Node itself reads, which .env.example does not offer. */
const withRuntime = environment.extend({
  NODE_TLS_REJECT_UNAUTHORIZED: z.string().optional(),
  NODE_OPTIONS: z.string().optional(),
});
type Environment = z.infer<typeof withRuntime>;
type Variable = keyof Environment;

/** A host that is this machine, in whatever case. */
export function isLoopback(hostname: string): boolean {
  return LOOPBACK.test(hostname.toLowerCase());
}

/** Reads single variables and collects what is wrong with them, so that all problems are told at once. */
export class EnvironmentReader {
  readonly problems: { variable: string; problem: string }[] = [];
  readonly env: Environment;

  /** @param variables as in `process.env`; an empty value means "not set". */
  constructor(variables: Record<string, string | undefined>) {
    const set = Object.fromEntries(Object.entries(variables).filter(([, value]) => value?.trim()));
    this.env = withRuntime.parse(set);
  }

  problem(variable: Variable, problem: string): void {
    if (!this.problems.some((known) => known.variable === variable)) this.problems.push({ variable, problem });
  }

  required(variable: Variable, what: string): string {
    const value = this.env[variable]?.trim() ?? '';
    if (!value) this.problem(variable, `is missing: ${what}`);
    return value;
  }

  secret(): string {
    const secret = this.required(
      'NEXTAUTH_SECRET',
      'at least 32 random characters, e.g. from `openssl rand -base64 32`',
    );
    if (secret && secret.length < 32) this.problem('NEXTAUTH_SECRET', 'is too short: at least 32 characters');
    return secret;
  }

  portal(): { origin: string; loopback: boolean } {
    const text = this.required(
      'NEXTAUTH_URL',
      'the address people open the portal at, e.g. https://portal.bank.example',
    );
    const url = URL.canParse(text) ? new URL(text) : null;
    const loopback = url !== null && isLoopback(url.hostname);
    if (text && !url) this.problem('NEXTAUTH_URL', 'is not a URL');
    if (url && url.href !== `${url.origin}/`)
      this.problem('NEXTAUTH_URL', 'must be an origin alone: no path, no query');
    if (url && url.protocol !== 'https:' && !(loopback && url.protocol === 'http:')) {
      this.problem('NEXTAUTH_URL', 'must be https: plain http is accepted for a loopback address only');
    }
    return { origin: url?.origin ?? '', loopback };
  }

  /** An https URL; http only towards loopback, and only while the portal itself is on loopback. */
  url(variable: Variable, portalOnLoopback: boolean): URL | null {
    const text = this.required(variable, 'an address that starts with https://');
    if (!text) return null;
    const url = URL.canParse(text) ? new URL(text) : null;
    if (!url) {
      this.problem(variable, 'is not a URL');
      return null;
    }
    const local = portalOnLoopback && isLoopback(url.hostname);
    if (url.protocol !== 'https:' && !(local && url.protocol === 'http:')) {
      this.problem(variable, 'must be https: plain http is accepted between loopback addresses only');
    }
    if (url.username || url.password) this.problem(variable, 'must not carry a user name or password');
    if (url.search || url.hash) this.problem(variable, 'must not carry a query or fragment');
    return url;
  }

  integer(variable: Variable, least: number, most: number): number {
    const text = this.env[variable] ?? '';
    const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
    if (!(value >= least && value <= most)) this.problem(variable, `must be a whole number from ${least} to ${most}`);
    return value;
  }

  oneOf<const T extends string>(variable: Variable, choices: readonly T[]): T {
    const value = choices.find((choice) => choice === this.env[variable]);
    if (!value) this.problem(variable, `must be one of ${choices.join(', ')}`);
    return value ?? (choices[0] as T);
  }

  /** The secrets of .env.example are public: they protect nothing that others can reach. */
  refuseSamples(loopback: boolean): void {
    if (loopback) return;
    const secrets = [
      'NEXTAUTH_SECRET',
      'PII_KEYS',
      'KUNACORE_API_KEY',
      'KUNACORE_PASSWORD',
      'OIDC_CLIENT_SECRET',
    ] as const;
    const carriers = ['DATABASE_URL', 'EMAIL_SERVER', 'KUNACORE_MERCHANT_ID', 'KUNACORE_LOGIN'] as const;
    const found = [
      ...secrets.filter((name) => /sample/i.test(this.env[name] ?? '')),
      ...[...secrets, ...carriers].filter((name) => holdsSample(this.env[name] ?? '')),
    ];
    for (const name of found) this.problem(name, 'still holds the public sample value of .env.example');
  }
}
