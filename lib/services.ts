import 'server-only';
import type { Logger } from 'pino';
import { type Clock, systemClock } from './clock';
import { config } from './config';
import type { Keyring } from './crypto/keyring';
import { createKeyring } from './crypto/keyring';
import type { Database } from './db/client';
import { database } from './db/database';
import { killPoint } from './kill-points';
import { createKunaCoreClient, type KunaCoreClient } from './kunacore/client';
import { log } from './log';
import { processWide } from './process-wide';

/** What lib/customers and lib/authorisations work with. Tests build their own with other parts. */
export interface Services {
  db: Database;
  kunacore: KunaCoreClient;
  keyring: Keyring;
  log: Logger;
  clock: Clock;
  limits: { idleMinutes: number; maxHours: number };
  /** Tells the reconciler that there is work, so that it does not wait for its next round. */
  wake(): void;
}

const bell = processWide<{ wake?: () => void }>('reconciler', () => ({}));

// Not process-wide: Next bundles have their own copies of a class, and an error of another copy would not be
// `instanceof` ours. Connections are shared all the same: they belong to Node's fetch.
let client: KunaCoreClient | undefined;

/**
 * The services of this process.
 * @throws DatabaseUnavailable (lib/db/database.ts) while the database cannot be reached.
 */
export async function services(): Promise<Services> {
  const { session, piiKeys } = config();
  return {
    db: await database(),
    kunacore: kunacore(),
    keyring: createKeyring(piiKeys),
    log: log(),
    clock: systemClock,
    limits: session,
    wake: () => bell.wake?.(),
  };
}

/** The reconciler registers itself here when it starts. */
export function onWake(wake: () => void): void {
  bell.wake = wake;
}

function kunacore(): KunaCoreClient {
  const settings = config().kunacore;
  if (!settings) throw new Error('KUNACORE_WIDGET_TYPE=kuna has no accounts');
  client ??= createKunaCoreClient({
    ...settings,
    fetch: fetchWithKillPoint,
    breaker: { onChange: (endpoint, open) => noteCircuit(endpoint, open) },
  });
  return client;
}

/** Endpoints of KunaCore that are left alone now, as far as any part of this process found. For health only. */
export function openCircuits(): string[] {
  return [...circuits.open].sort();
}

const circuits = processWide('circuits', () => ({ open: new Set<string>() }));

function noteCircuit(endpoint: string, open: boolean): void {
  if (open) circuits.open.add(endpoint);
  else circuits.open.delete(endpoint);
  log().warn({ event: open ? 'kunacore_circuit_opened' : 'kunacore_circuit_closed', endpoint });
}

/** Looked up at each call: a framework may have put its own around fetch since. */
async function fetchWithKillPoint(...request: Parameters<typeof fetch>): Promise<Response> {
  const response = await fetch(...request);
  killPoint('after-answer-begun');
  return response;
}
