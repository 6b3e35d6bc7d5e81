// Addresses and settings of all processes in the end-to-end tests. The ports differ from the demo's, so that both can
// run at once.
import { mkdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { parseEnv } from 'node:util';

/** Shifts every port, so that two checkouts can be tested at once. */
const SHIFT = Number(process.env.TEST_PORT_SHIFT ?? 0);

/**
 * The scheme of a portal that already runs, behind a proxy for instance, and is tested instead of one that Playwright starts
 * (verification/layouts). It has one lane.
 */
export const LAYOUT = process.env.TEST_LAYOUT as 'http' | 'https' | undefined;

/**
 * Parallel workers of Playwright. Each has a lane of its own: a sandbox and portals that no other worker uses. Tests wait a
 * quarter of their time, so three keep two cores busy. Those on PostgreSQL mostly wait for a database that does not respond.
 */
export const LANES = LAYOUT ? [0] : process.env.TEST_DATABASE_URL ? [0, 1, 2, 3, 4, 5] : [0, 1, 2];

/** Returns the addresses of a lane. */
export function addressesOf(lane: number) {
  const shift = SHIFT + lane * 50;
  const portal = (port: number) => ({ port: port + shift, origin: `http://localhost:${port + shift}` });
  const outside = (port: number) => `http://127.0.0.1:${port + shift}`;
  return {
    portal: { ...portal(3100), origin: `${LAYOUT ?? 'http'}://localhost:${3100 + shift}` },
    /** A portal that tests start and stop themselves. */
    spare: portal(3102),
    /** The portal of another institution (second-brand.ts). */
    secondBrand: portal(3104),
    sandbox: {
      api: outside(4110),
      widget: outside(4111),
      identityProvider: outside(4112),
      mailbox: outside(4113),
      kyc: outside(4114),
      bank: outside(4115),
      smtpPort: 4125 + shift,
      environment: sandboxPorts(4110 + shift, 4125 + shift),
    },
    /** The reference KunaCore with a portal of its own, which authenticates by login instead of api-key. */
    reference: {
      api: outside(4120),
      widget: outside(4121),
      portal: portal(3101),
      environment: { REFERENCE_API_PORT: String(4120 + shift), REFERENCE_WIDGET_PORT: String(4121 + shift) },
    },
    /** For tests of `npm run dev`, `npm run demo` and `npm start`. run.mjs decides all other settings. */
    ownRun: { ...portal(3105), sandbox: sandboxPorts(4130 + shift, 4145 + shift) },
  };
}

function sandboxPorts(first: number, smtp: number) {
  return {
    SANDBOX_API_PORT: String(first),
    SANDBOX_WIDGET_PORT: String(first + 1),
    SANDBOX_IDP_PORT: String(first + 2),
    SANDBOX_MAILBOX_PORT: String(first + 3),
    SANDBOX_KYC_PORT: String(first + 4),
    SANDBOX_BANK_PORT: String(first + 5),
    SANDBOX_SMTP_PORT: String(smtp),
  };
}

/** The lane of this worker. */
export const LANE = Number(process.env.TEST_PARALLEL_INDEX ?? 0);
const own = addressesOf(LANE);
export const PORTAL = own.portal;
export const SANDBOX = own.sandbox;
export const REFERENCE_KUNACORE = own.reference;
export const SPARE_PORTAL = own.spare;
export const SECOND_BRAND = own.secondBrand;
export const OWN_RUN = own.ownRun;

export type PortalName = 'portal' | 'reference-portal' | 'spare-portal' | 'second-brand';

function originOf(name: PortalName, { portal, reference, spare, secondBrand }: ReturnType<typeof addressesOf>): string {
  const origins = { portal: portal.origin, 'spare-portal': spare.origin, 'second-brand': secondBrand.origin };
  return name === 'reference-portal' ? reference.portal.origin : origins[name];
}

const PORTALS: PortalName[] = ['portal', 'reference-portal', 'spare-portal', 'second-brand'];

export function sandboxEnvironment(lane = LANE): Record<string, string> {
  const addresses = addressesOf(lane);
  const portals = PORTALS.map((name) => originOf(name, addresses));
  return { ...addresses.sandbox.environment, SANDBOX_PORTAL_URL: portals.join(',') };
}

/** Returns the folder of a lane's logs and data. */
export function folderOf(lane = LANE): string {
  const folder = path.resolve('test-results', `lane-${lane}`);
  mkdirSync(folder, { recursive: true });
  return folder;
}

/** Returns the log of a process of this lane. */
export function logFile(name: string, lane = LANE): string {
  return path.join(folderOf(lane), `${name}.log`);
}

/** Returns the data folder of a portal with an embedded database. Empty it before starting the portal. */
export function dataDirectory(name: PortalName, lane = LANE): string {
  return path.join(folderOf(lane), 'data', name);
}

/**
 * Returns .env.example with the tests' addresses. The database is PostgreSQL where TEST_DATABASE_URL is set, else an
 * embedded one for each portal.
 */
export function portalEnvironment(name: PortalName, lane = LANE): Record<string, string> {
  const sample = parseEnv(readFileSync('.env.example', 'utf8')) as Record<string, string>;
  const addresses = addressesOf(lane);
  const { sandbox, reference } = addresses;
  const postgres = process.env.TEST_DATABASE_URL;
  // scripts/test-postgres.mjs makes these databases.
  const database = `${name.replaceAll('-', '_')}_${lane}`;
  return {
    ...sample,
    NEXTAUTH_URL: originOf(name, addresses),
    KUNACORE_API_URL: sandbox.api,
    KUNACORE_WIDGET_URL: `${sandbox.widget}/`,
    OIDC_ISSUER: sandbox.identityProvider,
    KYC_URL: `${sandbox.kyc}/kyc`,
    KUNACORE_WIDGET_FRAME_ORIGINS: sandbox.bank,
    EMAIL_SERVER: `smtp://127.0.0.1:${sandbox.smtpPort}`,
    // Shows the longer way: what one person may do alone is the same without it.
    OPERATOR_FOUR_EYES: 'on',
    DATA_DIR: dataDirectory(name, lane),
    DATABASE_URL: postgres ? new URL(database, postgres).href : '',
    DATABASE_MIGRATIONS: process.env.TEST_DATABASE_MIGRATIONS ?? '',
    ...(name === 'reference-portal' ? referenceKunaCoreSettings(reference) : {}),
  };
}

function referenceKunaCoreSettings({ api, widget }: { api: string; widget: string }): Record<string, string> {
  return {
    KUNACORE_API_URL: api,
    KUNACORE_WIDGET_URL: `${widget}/`,
    KUNACORE_API_KEY: '',
    KUNACORE_MERCHANT_ID: 'm2',
    KUNACORE_LOGIN: 'l2',
    KUNACORE_PASSWORD: 'p2',
  };
}
