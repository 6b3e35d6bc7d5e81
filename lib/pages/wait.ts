import 'server-only';

/** Returns a wait in seconds below 90, otherwise in minutes, rounded up. */
export function asWait(seconds: number): { unit: 'seconds' | 'minutes'; count: number } {
  return seconds < 90 ? { unit: 'seconds', count: seconds } : { unit: 'minutes', count: Math.ceil(seconds / 60) };
}
