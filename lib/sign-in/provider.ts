import 'server-only';
import { createRemoteJWKSet, type JWTVerifyGetKey } from 'jose';
import { isProtected } from '@/lib/config/environment';
import type { OidcConfig } from '@/lib/config/oidc';
import { describeError, log } from '@/lib/log/log';
import { singleton } from '@/lib/singleton';
import { discover, idTokenAlgorithms, type OidcIssuer } from './oidc-client';

// What the identity provider says of itself (OpenID Connect Discovery 1.0), for the ends of sessions. Kept in memory:
// a provider that is down stops no sign-out.

/** The provider, as its metadata describes it. */
export interface Provider {
  /** The keys that sign its tokens: kept, and fetched again for an unknown key, twice a minute at most. */
  keys: JWTVerifyGetKey;
  keysAt: string;
  algorithms: string[];
  endSessionEndpoint: string | undefined;
}

interface Known {
  issuer: string;
  provider: Provider | null;
  /** The beginning of the last try, in milliseconds. */
  triedAt: number;
  trying: Promise<void> | null;
}

/** Metadata is used for this long, then fetched again beside its use. */
const FRESH_MS = 10 * 60_000;
/** After a failure, nobody waits for another try for this long. */
const PAUSE_MS = 10_000;
/** Limits the fetching of keys. */
const PATIENCE_MS = 5_000;

const known = singleton('identity-provider', () => ({ current: null as Known | null }));

/**
 * Returns the provider's metadata, or null when it cannot be had in time.
 * @param waitMs how long the caller waits when none is known yet.
 */
export async function findProvider(oidc: OidcConfig, waitMs: number): Promise<Provider | null> {
  if (known.current?.issuer !== oidc.issuer)
    known.current = { issuer: oidc.issuer, provider: null, triedAt: Number.NEGATIVE_INFINITY, trying: null };
  const state = known.current;
  const age = performance.now() - state.triedAt;
  if (age > (state.provider ? FRESH_MS : PAUSE_MS)) state.trying ??= refresh(oidc, state);
  // Measured from the beginning of the try, so that a provider that hangs does not delay everybody.
  const left = state.triedAt + waitMs - performance.now();
  if (!state.provider && state.trying && left > 0) await Promise.race([state.trying, timeout(left)]);
  return state.provider;
}

/** Keeps the earlier metadata when the provider does not answer. */
async function refresh(oidc: OidcConfig, state: Known): Promise<void> {
  state.triedAt = performance.now();
  try {
    state.provider = toProvider(oidc, await discover(oidc), state.provider);
  } catch (error) {
    log().warn({ event: 'provider_metadata_unavailable', error: describeError(error) });
  } finally {
    state.trying = null;
  }
}

function toProvider({ loopback }: OidcConfig, issuer: OidcIssuer, earlier: Provider | null): Provider {
  const { jwks_uri: keysAt, end_session_endpoint: ending } = issuer.metadata;
  if (!keysAt) throw new Error('The metadata names no keys');
  const isSame = earlier?.keysAt === keysAt;
  return {
    keys: isSame ? earlier.keys : createRemoteJWKSet(new URL(keysAt), { timeoutDuration: PATIENCE_MS }),
    keysAt,
    algorithms: idTokenAlgorithms(issuer),
    endSessionEndpoint: typeof ending === 'string' && isProtected(ending, loopback) ? ending : undefined,
  };
}

function timeout(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds).unref());
}
