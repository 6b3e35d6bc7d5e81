import { z } from 'zod';
import { type IdentitySwitches, identitySwitches } from './identity/switches';
import { type ContractSwitches, readContractSwitches } from './kunacore/contract';
import { type EncryptionKeys, sampleKeys } from './kunacore/encryption';

/** Ports by their listener. `portVariables` has the variable that sets each. */
export type Ports = Record<keyof typeof portVariables, number>;

export interface SandboxConfig {
  /** The address the sandbox listens on. */
  host: string;
  /** The host name in the addresses for people and the portal. */
  publicHost: string;
  ports: Ports;
  /** Origins of the portals that may sign people in, without a trailing slash. */
  portalUrls: string[];
  kunacore: {
    apiKey: string;
    merchantId: string;
    login: string;
    password: string;
    institutionId: string;
    encryptionKeys: EncryptionKeys;
  };
  /** A file that keeps KunaCore's customers across restarts. Undefined keeps them in memory only. */
  stateFile: string | undefined;
  /** What the real KunaCore answers, so that the sandbox does the same. Null without such a file. */
  contract: ContractSwitches | null;
  /** The token with which the portal asks the institution's KYC service. */
  kycToken: string;
  oidc: { clientId: string; clientSecret: string; switches: IdentitySwitches };
}

export const portVariables = {
  api: 'SANDBOX_API_PORT',
  widget: 'SANDBOX_WIDGET_PORT',
  identity: 'SANDBOX_IDP_PORT',
  mailbox: 'SANDBOX_MAILBOX_PORT',
  kyc: 'SANDBOX_KYC_PORT',
  bank: 'SANDBOX_BANK_PORT',
  smtp: 'SANDBOX_SMTP_PORT',
} as const;

const environment = z
  .object({
    SANDBOX_HOST: z
      .string()
      .regex(/^[\w.-]+$/, 'must be an IPv4 address or a host name')
      .default('127.0.0.1'),
    SANDBOX_API_PORT: port(4010),
    SANDBOX_WIDGET_PORT: port(4011),
    SANDBOX_IDP_PORT: port(4012),
    SANDBOX_MAILBOX_PORT: port(4013),
    SANDBOX_KYC_PORT: port(4014),
    SANDBOX_BANK_PORT: port(4015),
    SANDBOX_SMTP_PORT: port(4025),
    SANDBOX_PORTAL_URL: portalUrls('http://localhost:3000'),
    SANDBOX_API_KEY: z.string().default('sample-api-key'),
    SANDBOX_MERCHANT_ID: z.string().default('sample-merchant'),
    SANDBOX_LOGIN: z.string().default('sample-login'),
    SANDBOX_PASSWORD: z.string().default('sample-password'),
    SANDBOX_INSTITUTION_ID: z.string().default('5f0c0b1e-5a1d-4c55-9f6e-2f1c1d0a7b11'),
    // PEM, with line breaks as \n: Kuna's private key and the portal's public one, for the switch `encryption`.
    SANDBOX_PRIVATE_KEY: pem(sampleKeys().privateKey),
    SANDBOX_PARTNER_PUBLIC_KEY: pem(sampleKeys().partnerPublicKey),
    SANDBOX_OIDC_CLIENT_ID: z.string().default('partner-portal'),
    SANDBOX_OIDC_CLIENT_SECRET: z.string().default('sample-oidc-secret'),
    // JSON, for example {"alg":"PS256","userinfo":"jwt"}; sandbox/identity/switches.ts lists the switches.
    SANDBOX_OIDC_SWITCHES: z.string().default('{}').transform(toJson).pipe(identitySwitches),
    SANDBOX_KYC_TOKEN: z.string().default('sample-kyc-token'),
    SANDBOX_STATE_FILE: z.string().optional(),
    // A file that `npm run check:kunacore` wrote: docs/kunacore-contract.md.
    SANDBOX_CONTRACT: z
      .string()
      .transform(toContract)
      .pipe(z.custom<ContractSwitches>(Boolean, 'must be a file that check:kunacore wrote'))
      .optional(),
  })
  .superRefine((env, context) => {
    const seen = new Map<number, string>();
    for (const variable of Object.values(portVariables)) {
      const other = seen.get(env[variable]);
      if (other) context.addIssue({ code: 'custom', path: [variable], message: `must differ from ${other}` });
      seen.set(env[variable], variable);
    }
  });

/** Reports an invalid environment. `problems` has one sentence for each variable. */
export class ConfigError extends Error {
  constructor(readonly problems: string[]) {
    super(problems.join('\n'));
    this.name = 'ConfigError';
  }
}

/**
 * Reads the sandbox's settings. An empty variable counts as unset.
 *
 * @throws ConfigError that names every bad variable at once
 */
export function readConfig(variables: Record<string, string | undefined>): SandboxConfig {
  const given = Object.fromEntries(Object.entries(variables).filter(([, value]) => value?.trim()));
  const parsed = environment.safeParse(given);
  if (!parsed.success) {
    throw new ConfigError(parsed.error.issues.map(({ path, message }) => `${path.join('.')} ${message}`));
  }
  return toConfig(parsed.data);
}

function toConfig(env: z.output<typeof environment>): SandboxConfig {
  return {
    host: env.SANDBOX_HOST,
    // A browser cannot open an unspecified address such as 0.0.0.0.
    publicHost: env.SANDBOX_HOST === '0.0.0.0' ? '127.0.0.1' : env.SANDBOX_HOST,
    ports: {
      api: env.SANDBOX_API_PORT,
      widget: env.SANDBOX_WIDGET_PORT,
      identity: env.SANDBOX_IDP_PORT,
      mailbox: env.SANDBOX_MAILBOX_PORT,
      kyc: env.SANDBOX_KYC_PORT,
      bank: env.SANDBOX_BANK_PORT,
      smtp: env.SANDBOX_SMTP_PORT,
    },
    portalUrls: env.SANDBOX_PORTAL_URL,
    kunacore: {
      apiKey: env.SANDBOX_API_KEY,
      merchantId: env.SANDBOX_MERCHANT_ID,
      login: env.SANDBOX_LOGIN,
      password: env.SANDBOX_PASSWORD,
      institutionId: env.SANDBOX_INSTITUTION_ID,
      encryptionKeys: { privateKey: env.SANDBOX_PRIVATE_KEY, partnerPublicKey: env.SANDBOX_PARTNER_PUBLIC_KEY },
    },
    kycToken: env.SANDBOX_KYC_TOKEN,
    stateFile: env.SANDBOX_STATE_FILE,
    contract: env.SANDBOX_CONTRACT ?? null,
    oidc: {
      clientId: env.SANDBOX_OIDC_CLIENT_ID,
      clientSecret: env.SANDBOX_OIDC_CLIENT_SECRET,
      switches: env.SANDBOX_OIDC_SWITCHES,
    },
  };
}

function port(standard: number) {
  return z
    .string()
    .default(String(standard))
    .transform((text) => (/^\d{1,5}$/.test(text) ? Number(text) : Number.NaN))
    .refine((number) => number >= 1 && number <= 65_535, 'must be a port from 1 to 65535');
}

function portalUrls(standard: string) {
  return z
    .string()
    .default(standard)
    .transform((text) => text.split(',').map((url) => url.trim().replace(/\/$/, '')))
    .refine((urls) => urls.every(isOrigin), 'must be origins such as http://localhost:3000, separated by commas');
}

function pem(standard: string) {
  return z
    .string()
    .default(standard)
    .transform((text) => text.replaceAll('\\n', '\n'));
}

function isOrigin(url: string): boolean {
  return URL.canParse(url) && /^https?:$/.test(new URL(url).protocol) && new URL(url).origin === url;
}

function toContract(file: string): ContractSwitches | null {
  try {
    return readContractSwitches(file);
  } catch {
    return null;
  }
}

function toJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
