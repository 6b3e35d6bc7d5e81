/** The session cookie's name. On https `__Host-`: no sibling host can set or read it (ASVS 5.0 3.3.1-3.3.4). */
export function sessionCookieName(secure: boolean): string {
  return secure ? '__Host-next-auth.session-token' : 'next-auth.session-token';
}

/** The name of the cookie that carries a sealed widget token from "Buy crypto" to the frame. */
export function handoverCookieName(secure: boolean): string {
  return secure ? '__Host-widget-handover' : 'widget-handover';
}

/** That cookie, as it is set; with no value and an age of 0 it is taken back. */
export function handoverCookie(secure: boolean, value: string, maxAge: number) {
  return {
    name: handoverCookieName(secure),
    value,
    maxAge,
    path: '/',
    httpOnly: true,
    sameSite: 'strict',
    secure,
  } as const;
}

/** A session cookie without value or life: the browser forgets it. */
export function clearedSessionCookie(secure: boolean) {
  return {
    name: sessionCookieName(secure),
    value: '',
    maxAge: 0,
    path: '/',
    httpOnly: true,
    sameSite: 'lax',
    secure,
  } as const;
}
