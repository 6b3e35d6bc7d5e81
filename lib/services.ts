import 'server-only';
import type { Logger } from 'pino';
import { config } from '@/lib/config/config';
import type { Keyring } from '@/lib/crypto/keyring';
import { createKeyring } from '@/lib/crypto/keyring';
import type { Database } from '@/lib/db/client';
import { database } from '@/lib/db/database';
import { CallCounts, type FinishedCall } from '@/lib/kunacore/call-counts';
import { createKunaCoreClient, type KunaCoreClient } from '@/lib/kunacore/client';
import { type ContractChange, ContractWatch } from '@/lib/kunacore/contract-watch';
import type { SeenResponse } from '@/lib/kunacore/transport';
import { log } from '@/lib/log/log';
import { countErrors, tracedFetch } from '@/lib/telemetry/calls';
import { isTelemetryOn } from '@/lib/telemetry/telemetry';
import { type Clock, systemClock } from './clock';
import { singleton } from './singleton';

export { DatabaseUnavailable, isDatabaseUnavailable } from '@/lib/db/unavailable';

/** The institution's rules for details (KYC_MODE, KYC_FOUR_EYES, RETENTION_YEARS). */
export interface KycRules {
  /** How many operators must accept unverified details before KunaCore gets them. */
  reviewers: number;
  /** How long history is kept after the end of the relationship. */
  retentionYears: number;
}

/** What domain code is given, as its first parameter. Tests build their own. */
export interface Services {
  db: Database;
  kunacore: KunaCoreClient;
  keyring: Keyring;
  log: Logger;
  clock: Clock;
  limits: { idleMinutes: number; maxHours: number };
  kyc: KycRules;
  /** The portal sends messages (MESSAGES). Otherwise none is stored (lib/notifications). */
  sendsMail: boolean;
  /** Starts the next round of every instance's reconciler at once. Call it after the commit. */
  wake(): void;
}

/**
 * `controller` is aborted when the reconciler has work. A signal that arrives during a round is kept for the next one.
 * `others` wakes the other instances, where there are any (lib/server/start.ts).
 */
export const wakeSignal = singleton('wake-signal', () => ({ controller: new AbortController(), others: () => {} }));

// Not a singleton: Next bundles have their own copies of a class, and an error of another copy would not be
// `instanceof` ours. Connections are shared all the same: they belong to Node's fetch.
let client: KunaCoreClient | undefined;

/**
 * Returns the services of this process.
 * @throws DatabaseUnavailable (lib/db/database.ts) while the database cannot be reached.
 */
export async function getServices(): Promise<Services> {
  const { session, piiKeys, reviewers, retentionYears, offers } = config();
  return {
    db: await database(),
    kunacore: kunacore(),
    keyring: createKeyring(piiKeys),
    log: log(),
    clock: systemClock,
    limits: session,
    kyc: { reviewers, retentionYears },
    sendsMail: offers.messages,
    wake: () => {
      wakeSignal.controller.abort();
      wakeSignal.others();
    },
  };
}

function kunacore(): KunaCoreClient {
  const settings = config().kunacore;
  if (!settings) throw new Error('KUNACORE_WIDGET_TYPE=kuna has no accounts');
  const onCall = (call: FinishedCall) => callCounts().add(call);
  const watch = contractWatch();
  const onResponse = watch ? (response: SeenResponse) => watch.observe(response) : undefined;
  const options = { ...settings, breaker: { onChange: recordCircuit }, onCall, onResponse };
  client ??= isTelemetryOn()
    ? countErrors(createKunaCoreClient({ ...options, fetch: tracedFetch(() => fetch) }))
    : createKunaCoreClient(options);
  return client;
}

/** Returns the comparison of KunaCore's responses with KUNACORE_CONTRACT; null without such a file. */
export function contractWatch(): ContractWatch | null {
  const { contract } = config();
  const report = (change: ContractChange) => log().warn({ event: 'kunacore_contract_changed', ...change });
  return contract && singleton('contract-watch', () => new ContractWatch(contract, report));
}

/** Returns the calls that this process has made since they were last stored (lib/integration/calls.ts). */
export const callCounts = () => singleton('call-counts', () => new CallCounts());

/** Returns where and when the file of KUNACORE_CONTRACT was made; null without one. */
export function contractFile(): { host: string; checkedAt: Date } | null {
  const { contract } = config();
  return contract && { host: contract.host, checkedAt: new Date(contract.checkedAt) };
}

const circuits = singleton('circuits', () => ({ open: new Set<string>() }));

/** Lists the endpoints of KunaCore whose circuit is open in any part of this process. For health only. */
export function openCircuits(): string[] {
  return [...circuits.open].sort();
}

function recordCircuit(endpoint: string, open: boolean): void {
  if (open) circuits.open.add(endpoint);
  else circuits.open.delete(endpoint);
  log().warn({ event: open ? 'kunacore_circuit_opened' : 'kunacore_circuit_closed', endpoint });
}
