import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { parseEnv } from 'node:util';
import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, beforeEach } from 'vitest';
import type { Details } from '@/lib/customers/detail-fields';
import { storeDetails } from '@/lib/customers/details';
import { boundCustomers } from '@/lib/customers/row';
import { sendToKunaCore } from '@/lib/customers/save';
import { indexForSearch } from '@/lib/customers/search-index';
import type { OpenDatabase } from '@/lib/db/client';
import { authorisations, customers, details, sessions, users } from '@/lib/db/schema';
import type { Credentials } from '@/lib/kunacore/authentication';
import { createKunaCoreClient } from '@/lib/kunacore/client';
import { getServices, type Services } from '@/lib/services';
import type { Authentication } from '@/lib/sessions/authentication';
import { boundSessions } from '@/lib/sessions/bound-rows';
import { endSessions } from '@/lib/sessions/end';
import { findSession, type LiveSession } from '@/lib/sessions/find';
import { hashSessionToken } from '@/lib/sessions/token-hash';
import { portalAdapter } from '@/lib/sign-in/adapter';
import { singleton } from '@/lib/singleton';
import { emailColumns } from '@/lib/users/email-columns';
import { emptyDatabase, openTestDatabase } from './database';
import { findSandbox, type Sandbox } from './sandbox';

/** The portal without its pages, with its own database and a KunaCore of the test's choice. */
export interface Portal {
  /** Services like the process's own (lib/services.ts), on the same database, with short deadlines. */
  services: Services;
  /** The number of times that the reconciler was woken. */
  wakes: number;
  /** Returns the same services with another KunaCore. */
  at(apiUrl: string): Services;
  empty(): Promise<void>;
  close(): Promise<void>;
}

const SAMPLE = parseEnv(readFileSync('.env.example', 'utf8')) as Record<string, string>;
/** The domain is tested whole, whatever the samples turn off. */
const EVERYTHING = { SUPPORT_CONSOLE: 'on', SIGN_IN_LINKS: 'on', MESSAGES: 'on', STATEMENTS: 'on' };
const SAMPLE_KEY: Credentials = { kind: 'api-key', apiKey: SAMPLE.KUNACORE_API_KEY ?? '' };

/** Milliseconds. Short enough to wait for, long enough for a busy machine. */
const DEADLINES = { create: 1000, update: 1000, read: 1000, token: 5000, invalidate: 1000, login: 5000 };

/** An address without a listener: no service has this port, and only root could open it. */
export const NO_LISTENER = 'http://127.0.0.1:2';

/**
 * Opens a database and configures this process like the server, with the sample settings.
 * @param settings environment variables that override the samples.
 */
export async function startPortal(
  kunacore: { apiUrl: string; widgetUrl: string },
  credentials: Credentials = SAMPLE_KEY,
  settings: Record<string, string> = {},
  opening = openTestDatabase(),
): Promise<Portal> {
  const addresses = { KUNACORE_API_URL: kunacore.apiUrl, KUNACORE_WIDGET_URL: kunacore.widgetUrl };
  Object.assign(process.env, SAMPLE, EVERYTHING, addresses, { LOG_LEVEL: 'silent' }, settings);
  const opened = await opening;
  singleton<{ open?: OpenDatabase }>('database', () => ({})).open = opened;
  const { keyring, log, clock, limits, kyc, sendsMail } = await getServices();
  const at = (apiUrl: string): Services => ({
    db: opened.db,
    kunacore: createKunaCoreClient({ apiUrl, credentials, deadlines: DEADLINES, breaker: { failures: 1000 } }),
    keyring,
    log,
    clock,
    limits,
    kyc,
    sendsMail,
    wake: () => {
      wakes += 1;
    },
  });
  let wakes = 0;
  return {
    services: at(kunacore.apiUrl),
    get wakes() {
      return wakes;
    },
    at,
    empty: () => emptyDatabase(opened.db),
    close: () => opened.close(),
  };
}

/**
 * Starts a portal and the sandbox before the first test of a file, empties them before each, and closes them after the
 * last. Use both inside tests and hooks only.
 */
export function usePortal(): { portal: Portal; sandbox: Sandbox } {
  const portal = {} as Portal;
  const sandbox = {} as Sandbox;
  beforeAll(async () => {
    const opening = openTestDatabase();
    Object.assign(sandbox, await findSandbox());
    const started = await startPortal(sandbox, undefined, undefined, opening);
    Object.defineProperties(portal, Object.getOwnPropertyDescriptors(started));
  });
  beforeEach(async () => {
    await Promise.all([portal.empty(), sandbox.reset()]);
  });
  afterAll(() => portal.close?.());
  return { portal, sandbox };
}

/**
 * Starts a portal without a KunaCore before the first test of a file, and closes it after the last.
 * @param settings environment variables that override the samples.
 */
export function useLonePortal(settings: Record<string, string> = {}): Portal {
  const portal = {} as Portal;
  beforeAll(async () => {
    const started = await startPortal({ apiUrl: NO_LISTENER, widgetUrl: `${NO_LISTENER}/` }, undefined, settings);
    Object.defineProperties(portal, Object.getOwnPropertyDescriptors(started));
  });
  afterAll(() => portal.close?.());
  return portal;
}

/** The details that the sample person typed. */
export const DETAILS: Details = {
  firstName: 'Olena',
  lastName: 'Shevchenko',
  phoneNumber: '+380991234567',
  country: 'UA',
  documentNumber: 'FE123456',
  taxNumber: '3184710691',
  residenceAddress: '1 Khreshchatyk, Kyiv',
};

export const USER_AGENT = 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/156.0.0.0 Safari/537.36';

export interface TestUser {
  id: string;
  email: string;
}

/** Creates a user who has signed in at least once. */
export async function addUser({ db, keyring }: Services): Promise<TestUser> {
  const id = randomUUID();
  const email = `olena.${id}@example.test`;
  const address = emailColumns(keyring, id, email);
  await db.insert(users).values({ id, ...address, emailVerifiedAt: new Date(), searchable: true });
  await indexForSearch(db, keyring, id);
  return { id, email };
}

/** Saves details as "Save and continue" does (lib/customers/save.ts). */
export async function save(services: Services, userId: string, typed: Details): Promise<void> {
  await storeDetails(services, userId, typed);
  await sendToKunaCore(services, userId);
}

/** Creates a user with saved details and a customer at KunaCore. */
export async function addCustomer(services: Services): Promise<TestUser & { customerId: string }> {
  const user = await addUser(services);
  await save(services, user.id, DETAILS);
  const { customerId } = await customerRow(services, user.id);
  if (!customerId) throw new Error('not linked');
  return { ...user, customerId };
}

/** Links a user to a customer without calling KunaCore. */
export async function linkCustomer({ db, keyring }: Services, userId: string): Promise<void> {
  const bound = { userId, externalId: randomUUID(), customerId: randomUUID(), walletId: randomUUID() };
  await db.insert(customers).values({ ...bound, state: 'linked', mac: boundCustomers.mac(keyring, bound) });
  await db.insert(authorisations).values({ userId });
}

/** Signs a browser in: creates a session and its cookie. @param proof the way the person authenticated. */
export async function signIn(
  services: Services,
  userId: string,
  proof: Authentication = { provider: 'oidc', authTime: null },
): Promise<{ cookie: string; session: LiveSession; signOut(): Promise<unknown> }> {
  const cookie = randomUUID();
  const adapter = portalAdapter(async () => services, undefined, proof);
  await adapter.createSession?.({ sessionToken: cookie, userId, expires: new Date() });
  const session = await findSession(services, cookie);
  if (!session) throw new Error('no session');
  const signOut = () => endSessions(services, { tokenHash: hashSessionToken(cookie) }, 'signed-out');
  return { cookie, session, signOut };
}

/** Changes a session's row as the portal does, its MAC included. */
export async function changeSession(
  { db, keyring }: Services,
  sessionId: string,
  change: Parameters<ReturnType<Services['db']['update']>['set']>[0],
): Promise<void> {
  const row = only(await db.update(sessions).set(change).where(eq(sessions.id, sessionId)).returning());
  await db
    .update(sessions)
    .set({ mac: boundSessions.mac(keyring, row) })
    .where(eq(sessions.id, sessionId));
}

/** Returns the stored customer of a user. @throws Error when there is none. */
export async function customerRow({ db }: Services, userId: string): Promise<typeof customers.$inferSelect> {
  return only(await db.select().from(customers).where(eq(customers.userId, userId)));
}

/** Returns the stored authorisation of a user. @throws Error when there is none. */
export async function authorisationRow({ db }: Services, userId: string): Promise<typeof authorisations.$inferSelect> {
  return only(await db.select().from(authorisations).where(eq(authorisations.userId, userId)));
}

/** Returns a user's row of details. @throws Error when there is none. */
export async function detailsRow({ db }: Services, userId: string): Promise<typeof details.$inferSelect> {
  return only(await db.select().from(details).where(eq(details.userId, userId)));
}

export async function sessionRows({ db }: Services, userId: string): Promise<(typeof sessions.$inferSelect)[]> {
  return db.select().from(sessions).where(eq(sessions.userId, userId));
}

function only<T>(rows: T[]): T {
  const [row] = rows;
  if (!row || rows.length > 1) throw new Error(`${rows.length} rows instead of one`);
  return row;
}
