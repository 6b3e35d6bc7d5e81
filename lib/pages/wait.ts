import 'server-only';

/** A wait as people say it: seconds while they can be counted, minutes after that, rounded up. */
export function asWait(seconds: number): { unit: 'seconds' | 'minutes'; count: number } {
  return seconds < 90 ? { unit: 'seconds', count: seconds } : { unit: 'minutes', count: Math.ceil(seconds / 60) };
}
