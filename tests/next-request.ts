import { createRequire } from 'node:module';

// Replaces `next/headers`, which works only in Next's server:
// vi.mock('next/headers', () => import('./next-request'))

interface Cookie {
  name: string;
  value: string;
}

/** The value of Next's `cookies()`: the browser's cookies with the changes since. */
class Jar {
  private readonly sent: Map<string, string>;
  readonly changes = new Map<string, string | null>();

  constructor(sent: Map<string, string>) {
    this.sent = new Map(sent);
  }
  get(name: string): Cookie | undefined {
    const value = this.sent.get(name);
    return value === undefined ? undefined : { name, value };
  }
  getAll(): Cookie[] {
    return [...this.sent].map(([name, value]) => ({ name, value }));
  }
  set(cookie: Cookie & { maxAge?: number }): void {
    const { name, value, maxAge } = cookie;
    this.delete(name);
    if (maxAge === 0 || value === '') return;
    this.sent.set(name, value);
    this.changes.set(name, value);
  }
  delete(name: string): void {
    this.sent.delete(name);
    this.changes.set(name, null);
  }
}

let current: { jar: Jar; headers: Headers } | undefined;

/** Replaces Next's function. Returns the cookies of the current request. */
export async function cookies(): Promise<Jar> {
  return open().jar;
}

/** Replaces Next's function. Returns the headers of the current request. */
export async function headers(): Promise<Headers> {
  return open().headers;
}

function open(): { jar: Jar; headers: Headers } {
  if (!current) throw new Error('no request is being answered');
  return current;
}

// next-auth imports Next's own module, which vitest does not replace for it.
Object.assign(createRequire(import.meta.url)('next/headers'), { cookies, headers });

/** A browser that calls handlers and actions of the portal directly, and keeps their cookies. */
export class HandlerBrowser {
  readonly cookies = new Map<string, string>();

  /** Calls a handler or action as Next would, in a request of this browser with these headers. */
  async call<T>(sent: Record<string, string>, handler: () => Promise<T>): Promise<T> {
    const jar = new Jar(this.cookies);
    current = { jar, headers: new Headers(sent) };
    let response: T | undefined;
    try {
      response = await handler();
      return response;
    } finally {
      current = undefined;
      for (const [name, value] of jar.changes) this.change(name, value);
      // As in Next, the response's own cookies win over those of `cookies()`.
      if (response instanceof Response) this.keep(response);
    }
  }

  private keep(response: Response): void {
    for (const line of response.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      this.change(name, value === '' || /max-age=0(;|$)/i.test(line) ? null : decodeURIComponent(value));
    }
  }

  private change(name: string, value: string | null): void {
    if (value === null) this.cookies.delete(name);
    else this.cookies.set(name, value);
  }
}
