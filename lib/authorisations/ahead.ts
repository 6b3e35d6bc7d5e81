import 'server-only';
import type { KunaCoreClient } from '@/lib/kunacore/client';
import { describeError } from '@/lib/log/log';
import { countTry } from '@/lib/rate-limits/count';
import type { Services } from '@/lib/services';
import { singleton } from '@/lib/singleton';
import { type Issued, issueToken, type TokenSession } from './issue';

// The buy page requests the token of its frame while the page itself is on its way to the browser. The token waits in
// this process's memory only. A frame that reaches another instance, or comes too late, issues a token itself.

/** How long a token waits for its frame. */
export const AHEAD_MS = 10_000;

/** What a frame can get: a token, or the reason for none. */
export type FrameToken = Issued | { outcome: 'too-many'; retryInSeconds: number };

interface Ahead {
  userAgent: string;
  /** When the page was requested, by the clock of `Services`. */
  startedAt: number;
  token: Promise<FrameToken>;
}

/** Tokens issued ahead, at most one for each session, by the session's id. */
export type AheadStore = Map<string, Ahead>;

const processStore = singleton<AheadStore>('issued-ahead', () => new Map());

/**
 * Starts to issue a token for the frame that this session is about to open. Does nothing while one waits for the session.
 * A token that no frame fetches is forgotten, and stays valid until the customer's access next ends: `invalidate` names
 * the customer, so it would also end the widget on another device.
 * @returns after the call to KunaCore has begun, or turned out to be needless. Never rejects.
 */
export function issueAhead(
  services: Services,
  session: TokenSession,
  userAgent: string,
  store: AheadStore = processStore,
): Promise<void> {
  if (store.has(session.id)) return Promise.resolve();
  let begin = () => {};
  const begun = new Promise<void>((resolve) => {
    begin = resolve;
  });
  const token = issueCounted(reporting(services, begin), session, userAgent).finally(begin);
  const ahead = { userAgent, startedAt: services.clock.elapsed(), token };
  store.set(session.id, ahead);
  token.catch((error) => {
    services.log.error({ event: 'token_not_issued_ahead', userId: session.userId, error: describeError(error) });
  });
  services.clock.later(AHEAD_MS, () => {
    if (store.get(session.id) === ahead) store.delete(session.id);
  });
  return begun;
}

/** Returns services that report the start of the call. */
function reporting(services: Services, begin: () => void): Services {
  const issue: KunaCoreClient['issueToken'] = (call) => {
    const response = services.kunacore.issueToken(call);
    begin();
    return response;
  };
  return { ...services, kunacore: { ...services.kunacore, issueToken: issue } };
}

/**
 * Returns the token that was issued ahead for this session and user agent, once, or null. The caller must check that it
 * may still be handed over, and when the page was requested.
 * @throws the driver's error.
 */
export async function takeAhead(
  services: Pick<Services, 'clock'>,
  session: TokenSession,
  userAgent: string,
  store: AheadStore = processStore,
): Promise<{ token: FrameToken; startedAt: number } | null> {
  const ahead = store.get(session.id);
  if (!ahead || ahead.userAgent !== userAgent || services.clock.elapsed() - ahead.startedAt > AHEAD_MS) return null;
  store.delete(session.id);
  return { token: await ahead.token, startedAt: ahead.startedAt };
}

/** Issues a token within the account's limit. @throws the driver's error. */
export async function issueCounted(services: Services, session: TokenSession, userAgent: string): Promise<FrameToken> {
  const use = await countTry(services, 'token-account', session.userId);
  return use.allowed ? issueToken(services, session, userAgent) : { outcome: 'too-many', ...use };
}
