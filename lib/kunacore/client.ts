import { authenticatedSend, type Credentials } from './authentication';
import type { BreakerOptions } from './breaker';
import type { FinishedCall } from './call-counts';
import { customerEndpoints } from './customers';
import { DEFAULT_DEADLINES, type Deadlines } from './deadlines';
import { createEnvelope, type Encryption, PLAIN } from './encryption';
import { operationEndpoints } from './operations';
import { rampEndpoints } from './ramp';
import { rateEndpoints } from './rates';
import { createSend } from './sender';
import type { SeenResponse } from './transport';
import { walletEndpoints } from './wallets';

export interface KunaCoreOptions {
  /** Base URL without a trailing slash; issued with the contract. */
  apiUrl: string;
  credentials: Credentials;
  /** Encrypts every body, where Kuna and the institution have agreed on it. */
  encryption?: Encryption | undefined;
  deadlines?: Partial<Deadlines>;
  /** Node's own by default, which keeps connections alive. */
  fetch?: typeof fetch;
  /** Milliseconds since the epoch; `Date.now` by default. */
  now?: () => number;
  /** When the circuits open (breaker.ts). */
  breaker?: BreakerOptions;
  /** Called after every attempt of a call. */
  onCall?: (call: FinishedCall) => void;
  /** Called with every successful response, decrypted, for counting alone: it must neither throw nor keep the text. */
  onResponse?: (response: SeenResponse) => void;
  /** From 0 to 1, for the jitter of retries; `Math.random` by default. */
  random?: () => number;
}

/** Creates a client of the KunaCore API. Every function throws a KunaCoreError (errors.ts) without a good response. */
export function createKunaCoreClient(options: KunaCoreOptions) {
  const { apiUrl, credentials, now = Date.now, random = Math.random, onResponse = () => {} } = options;
  const deadlines = { ...DEFAULT_DEADLINES, ...options.deadlines };
  // Looked up at each call: a framework may have wrapped fetch since.
  const envelope = options.encryption ? createEnvelope(options.encryption) : PLAIN;
  const connection = {
    apiUrl,
    now,
    envelope,
    onResponse,
    fetch: options.fetch ?? ((input, init) => fetch(input, init)),
  };
  const authenticated = authenticatedSend(connection, credentials, deadlines.login);
  const send = createSend(authenticated, random, options.breaker, options.onCall);
  return {
    ...customerEndpoints(send, deadlines),
    ...rampEndpoints(send, deadlines),
    ...walletEndpoints(send, deadlines),
    ...operationEndpoints(send, deadlines),
    ...rateEndpoints(send, deadlines),
  };
}

export type KunaCoreClient = ReturnType<typeof createKunaCoreClient>;
