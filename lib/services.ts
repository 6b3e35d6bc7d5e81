import 'server-only';
import type { Logger } from 'pino';
import { config } from '@/lib/config/config';
import type { Keyring } from '@/lib/crypto/keyring';
import { createKeyring } from '@/lib/crypto/keyring';
import type { Database } from '@/lib/db/client';
import { database } from '@/lib/db/database';
import { createKunaCoreClient, type KunaCoreClient } from '@/lib/kunacore/client';
import { log } from '@/lib/log/log';
import { type Clock, systemClock } from './clock';
import { singleton } from './singleton';

export { DatabaseUnavailable, isDatabaseUnavailable } from '@/lib/db/unavailable';

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

const bell = singleton<{ wake?: () => void }>('reconciler', () => ({}));

// Not process-wide: Next bundles have their own copies of a class, and an error of another copy would not be
// `instanceof` ours. Connections are shared all the same: they belong to Node's fetch.
let client: KunaCoreClient | undefined;

/**
 * The services of this process.
 * @throws DatabaseUnavailable (lib/db/database.ts) while the database cannot be reached.
 */
export async function getServices(): Promise<Services> {
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
    breaker: { onChange: (endpoint, open) => noteCircuit(endpoint, open) },
  });
  return client;
}

/** Endpoints of KunaCore that are left alone now, as far as any part of this process found. For health only. */
export function openCircuits(): string[] {
  return [...circuits.open].sort();
}

const circuits = singleton('circuits', () => ({ open: new Set<string>() }));

function noteCircuit(endpoint: string, open: boolean): void {
  if (open) circuits.open.add(endpoint);
  else circuits.open.delete(endpoint);
  log().warn({ event: open ? 'kunacore_circuit_opened' : 'kunacore_circuit_closed', endpoint });
}
