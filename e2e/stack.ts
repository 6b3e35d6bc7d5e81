// Where everything runs during the end-to-end tests, and with which settings. Other ports than the demo's, so that
// both can run at once.
import { mkdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { parseEnv } from 'node:util';

export const PORTAL = { port: 3100, origin: 'http://localhost:3100' };

export const SANDBOX = {
  api: 'http://127.0.0.1:4110',
  widget: 'http://127.0.0.1:4111',
  identityProvider: 'http://127.0.0.1:4112',
  mailbox: 'http://127.0.0.1:4113',
  smtpPort: 4125,
};

/** A second KunaCore, written from the documentation alone, with a portal of its own (login instead of api-key). */
export const SECOND_OPINION = {
  api: 'http://127.0.0.1:4120',
  widget: 'http://127.0.0.1:4121',
  portalPort: 3101,
  portal: 'http://localhost:3101',
  environment: { SECOND_API_PORT: '4120', SECOND_WIDGET_PORT: '4121' },
};

/** A portal that a test starts and stops by itself. */
export const SPARE_PORTAL = { port: 3102, origin: 'http://localhost:3102' };

/** The portal of another institution (second-brand.ts). */
export const SECOND_BRAND = { port: 3104, origin: 'http://localhost:3104' };

const PORTALS = {
  portal: { origin: PORTAL.origin, database: 'portal_e2e' },
  'second-portal': { origin: SECOND_OPINION.portal, database: 'portal_second' },
  'spare-portal': { origin: SPARE_PORTAL.origin, database: 'portal_spare' },
  'second-brand': { origin: SECOND_BRAND.origin, database: 'portal_brand' },
};

export function sandboxEnvironment(): Record<string, string> {
  mkdirSync('test-results', { recursive: true });
  return {
    SANDBOX_API_PORT: '4110',
    SANDBOX_WIDGET_PORT: '4111',
    SANDBOX_IDP_PORT: '4112',
    SANDBOX_MAILBOX_PORT: '4113',
    SANDBOX_SMTP_PORT: String(SANDBOX.smtpPort),
    SANDBOX_PORTAL_URL: Object.values(PORTALS)
      .map(({ origin }) => origin)
      .join(','),
  };
}

/** Where a portal without PostgreSQL keeps its data; whoever starts it empties it first. */
export function dataDirectory(name: keyof typeof PORTALS): string {
  return path.resolve('test-results/data', name);
}

/** .env.example with the tests' addresses; PostgreSQL where TEST_DATABASE_URL is set, else an embedded database of its own. */
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
    ...(name === 'second-portal' ? secondOpinionSettings() : {}),
  };
}

function secondOpinionSettings(): Record<string, string> {
  return {
    KUNACORE_API_URL: SECOND_OPINION.api,
    KUNACORE_WIDGET_URL: `${SECOND_OPINION.widget}/`,
    KUNACORE_API_KEY: '',
    KUNACORE_MERCHANT_ID: 'm2',
    KUNACORE_LOGIN: 'l2',
    KUNACORE_PASSWORD: 'p2',
  };
}
