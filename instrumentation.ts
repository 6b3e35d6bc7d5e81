import type { Instrumentation } from 'next';

/** Starts the portal. Next calls this once per server process, before it serves requests. */
export async function register(): Promise<void> {
  if (process.env.NEXT_RUNTIME !== 'nodejs') return;
  const { start } = await import('@/lib/server/start');
  await start();
}

/** Logs every uncaught error. The error page shows `digest`. */
export const onRequestError: Instrumentation.onRequestError = async (error, _request, { routePath, routeType }) => {
  if (process.env.NEXT_RUNTIME !== 'nodejs') return;
  const { describeError, log, stackFrames } = await import('@/lib/log/log');
  const known = error instanceof Error ? { error: describeError(error), at: stackFrames(error) } : {};
  const { digest } = error as { digest?: string };
  log().error({ event: 'request_failed', routePath, routeType, digest, ...known });
};
