import { unstable_isUnrecognizedActionError as isOfAnotherBuild, unstable_rethrow as rethrow } from 'next/navigation';

/** Why a call of a server action brought no answer of the action itself. */
export type SendFailure = 'outdated' | 'unreachable' | 'unavailable';

/** Names the failure of a call. Throws on what Next uses for its own work, such as a redirect. */
export function sendFailure(error: unknown): SendFailure {
  rethrow(error);
  if (isOfAnotherBuild(error)) return 'outdated';
  // What fetch throws when there is no connection.
  return error instanceof TypeError ? 'unreachable' : 'unavailable';
}

/**
 * Whether a part of the portal's own script could not be loaded: it is gone after a deployment, the connection broke,
 * or something in between answered instead. Bundlers and browsers each have their own words for it.
 */
export function isMissingScript(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  return (
    error.name === 'ChunkLoadError' ||
    /loading (css )?chunk|failed to load chunk|module factory is not available|dynamically imported module|importing a module script/i.test(
      error.message,
    )
  );
}

/** Longest wait for a part that comfort needs: the server has the same rules, and the browser has lists of its own. */
const PATIENCE_MS = 3000;

/** What `load` brings; null when it fails or does not arrive in time. */
export async function loadOrNull<T>(load: () => Promise<T>): Promise<T | null> {
  const late = new Promise<null>((resolve) => setTimeout(resolve, PATIENCE_MS, null));
  return Promise.race([late, load().catch(() => null)]);
}
