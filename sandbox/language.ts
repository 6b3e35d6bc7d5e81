import type { IncomingMessage } from 'node:http';

/** Returns Ukrainian if the browser prefers it to English (RFC 9110 12.5.4, without weights: browsers send them in order). */
export function languageOf({ headers }: IncomingMessage): 'en' | 'uk' {
  const preferred = (headers['accept-language'] ?? '').split(',').map((tag) => tag.trim().slice(0, 2).toLowerCase());
  return preferred.find((language) => language === 'en' || language === 'uk') === 'uk' ? 'uk' : 'en';
}
