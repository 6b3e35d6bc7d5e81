import { authenticatedSend, type Credentials } from './authentication';
import { customerEndpoints } from './customers';
import { operationEndpoints } from './operations';
import { rampEndpoints } from './ramp';
import { walletEndpoints } from './wallets';

/** How long each kind of call may take in all, in milliseconds. */
export interface Deadlines {
  create: number;
  update: number;
  read: number;
  token: number;
  invalidate: number;
  login: number;
}

export interface KunaCoreOptions {
  /** Base URL without a slash at its end; issued with the contract. */
  apiUrl: string;
  credentials: Credentials;
  deadlines?: Partial<Deadlines>;
  /** Milliseconds since the epoch; `Date.now` by default. */
  now?: () => number;
}

const DEADLINES: Deadlines = {
  create: 10_000,
  update: 10_000,
  read: 5_000,
  token: 5_000,
  invalidate: 5_000,
  login: 5_000,
};

/**
 * A client of the KunaCore API. Connections are kept alive by Node's fetch. Every function throws a KunaCoreError
 * (errors.ts) when there is no good answer.
 */
export function createKunaCoreClient({ apiUrl, credentials, deadlines, now = Date.now }: KunaCoreOptions) {
  const limits = { ...DEADLINES, ...deadlines };
  const send = authenticatedSend({ apiUrl, credentials, now, loginDeadline: limits.login });
  return {
    ...customerEndpoints(send, limits),
    ...rampEndpoints(send, limits, now),
    ...walletEndpoints(send, limits),
    ...operationEndpoints(send, limits),
  };
}

export type KunaCoreClient = ReturnType<typeof createKunaCoreClient>;
