import 'server-only';
import { hashSessionToken } from '@/lib/sessions/token-hash';
import { pressedCookieName, sessionCookieName } from './cookies';

/** Returns the proof that a page of this session opens the widget. It signs nobody in. */
export function frameProof(sessionToken: string): string {
  return hashSessionToken(`frame:${sessionToken}`);
}

/** The used part of Next's `cookies()`. */
interface CookieJar {
  get(name: string): { value: string } | undefined;
}

/** Reports whether a browser brought the proof of its own session. */
export function hasFrameProof(jar: CookieJar, secure: boolean): boolean {
  const token = jar.get(sessionCookieName(secure))?.value;
  return token !== undefined && jar.get(pressedCookieName(secure))?.value === frameProof(token);
}
