import { unstable_isUnrecognizedActionError as isFromAnotherBuild, unstable_rethrow as rethrow } from 'next/navigation';

/** Why a call of a server action failed before the action returned. */
export type SendFailure = 'outdated' | 'unreachable' | 'unavailable';

/** Classifies a failed call. Rethrows Next's own errors, such as a redirect. */
export function sendFailure(error: unknown): SendFailure {
  rethrow(error);
  if (isFromAnotherBuild(error)) return 'outdated';
  // `fetch` throws a TypeError without a connection.
  return error instanceof TypeError ? 'unreachable' : 'unavailable';
}

/**
 * Detects that one of the portal's scripts failed to load, for example after a deployment or behind a captive portal.
 * Bundlers and browsers each have their own message for it.
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

/** Longest wait for an optional script. */
const LOAD_TIMEOUT_MS = 3000;

/** Loads an optional script. Returns null if it fails or is late. */
export async function loadOrNull<T>(load: () => Promise<T>): Promise<T | null> {
  const late = new Promise<null>((resolve) => setTimeout(resolve, LOAD_TIMEOUT_MS, null));
  return Promise.race([late, load().catch(() => null)]);
}
