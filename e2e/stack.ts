// Addresses and settings of all processes in the end-to-end tests. The ports differ from the demo's, so that both can
// run at once.
import { mkdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { parseEnv } from 'node:util';

/** Shifts every port, so that two checkouts can be tested at once. */
const SHIFT = Number(process.env.TEST_PORT_SHIFT ?? 0);
const portal = (port: number) => ({ port: port + SHIFT, origin: `http://localhost:${port + SHIFT}` });
const outside = (port: number) => `http://127.0.0.1:${port + SHIFT}`;

export const PORTAL = portal(3100);

export const SANDBOX = {
  api: outside(4110),
  widget: outside(4111),
  identityProvider: outside(4112),
  mailbox: outside(4113),
  smtpPort: 4125 + SHIFT,
};

/** The reference KunaCore with a portal of its own, which authenticates by login instead of api-key. */
export const REFERENCE_KUNACORE = {
  api: outside(4120),
  widget: outside(4121),
  portalPort: portal(3101).port,
  portal: portal(3101).origin,
  environment: { REFERENCE_API_PORT: String(4120 + SHIFT), REFERENCE_WIDGET_PORT: String(4121 + SHIFT) },
};

/** A portal that tests start and stop themselves. */
export const SPARE_PORTAL = portal(3102);

/** The portal of another institution (second-brand.ts). */
export const SECOND_BRAND = portal(3104);

/** Ports for tests of `npm run dev`, `npm run demo` and `npm start`. run.mjs decides all other settings. */
export const OWN_RUN = {
  ...portal(3105),
  sandbox: {
    SANDBOX_API_PORT: String(4130 + SHIFT),
    SANDBOX_WIDGET_PORT: String(4131 + SHIFT),
    SANDBOX_IDP_PORT: String(4132 + SHIFT),
    SANDBOX_MAILBOX_PORT: String(4133 + SHIFT),
    SANDBOX_SMTP_PORT: String(4145 + SHIFT),
  },
};

const PORTALS = {
  portal: { origin: PORTAL.origin, database: 'portal_e2e' },
  'reference-portal': { origin: REFERENCE_KUNACORE.portal, database: 'portal_reference' },
  'spare-portal': { origin: SPARE_PORTAL.origin, database: 'portal_spare' },
  'second-brand': { origin: SECOND_BRAND.origin, database: 'portal_brand' },
};

export function sandboxEnvironment(): Record<string, string> {
  mkdirSync('test-results', { recursive: true });
  return {
    SANDBOX_API_PORT: String(4110 + SHIFT),
    SANDBOX_WIDGET_PORT: String(4111 + SHIFT),
    SANDBOX_IDP_PORT: String(4112 + SHIFT),
    SANDBOX_MAILBOX_PORT: String(4113 + SHIFT),
    SANDBOX_SMTP_PORT: String(SANDBOX.smtpPort),
    SANDBOX_PORTAL_URL: Object.values(PORTALS)
      .map(({ origin }) => origin)
      .join(','),
  };
}

/** Returns the data folder of a portal with an embedded database. Empty it before starting the portal. */
export function dataDirectory(name: keyof typeof PORTALS): string {
  return path.resolve('test-results/data', name);
}

/**
 * Returns .env.example with the tests' addresses. The database is PostgreSQL where TEST_DATABASE_URL is set, else an
 * embedded one for each portal.
 */
export function portalEnvironment(name: keyof typeof PORTALS): Record<string, string> {
  const sample = parseEnv(readFileSync('.env.example', 'utf8')) as Record<string, string>;
  const { origin, database } = PORTALS[name];
  const postgres = process.env.TEST_DATABASE_URL;
  return {
    ...sample,
    NEXTAUTH_URL: origin,
    KUNACORE_API_URL: SANDBOX.api,
    KUNACORE_WIDGET_URL: `${SANDBOX.widget}/`,
    OIDC_ISSUER: SANDBOX.identityProvider,
    EMAIL_SERVER: `smtp://127.0.0.1:${SANDBOX.smtpPort}`,
    DATA_DIR: dataDirectory(name),
    DATABASE_URL: postgres ? new URL(database, postgres).href : '',
    ...(name === 'reference-portal' ? referenceKunaCoreSettings() : {}),
  };
}

function referenceKunaCoreSettings(): Record<string, string> {
  return {
    KUNACORE_API_URL: REFERENCE_KUNACORE.api,
    KUNACORE_WIDGET_URL: `${REFERENCE_KUNACORE.widget}/`,
    KUNACORE_API_KEY: '',
    KUNACORE_MERCHANT_ID: 'm2',
    KUNACORE_LOGIN: 'l2',
    KUNACORE_PASSWORD: 'p2',
  };
}
