// A browser over HTTP alone: cookies, forms and redirects, without scripts.

const USER_AGENT = 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/156.0.0.0 Safari/537.36';
const PATIENCE_MS = 20_000;

/** What came back, after redirects. */
export interface Page {
  status: number;
  url: string;
  text: string;
  location: string | null;
}

/** A form as its page gave it. */
export interface Form {
  path: string;
  hidden: (readonly [name: string, value: string])[];
}

let networks = 0;

/** Returns an unused address, so that limits by address do not interfere. */
function freshAddress(): string {
  networks += 1;
  return `10.${(networks >> 16) & 255}.${(networks >> 8) & 255}.${networks & 255}`;
}

/** A browser without script: cookies by host name (ports share them), forms, redirects. It speaks to one portal. */
export class Browser {
  #cookies = new Map<string, Map<string, string>>();
  #address = freshAddress();

  constructor(public origin: string) {}

  /** Signs in at the sandbox's identity provider. @returns the page that came in the end. */
  async signIn(sub: string): Promise<Page> {
    this.#address = freshAddress();
    const leaving = await this.post('/sign-in/oidc', { callbackUrl: '/account' });
    const provider = /href="(http:[^"]+)"/.exec(leaving.text)?.[1];
    if (!provider) return leaving;
    const choice = await this.get(provider.replaceAll('&amp;', '&'));
    // Who is still signed in at the provider is not asked.
    if (!new URL(choice.url).pathname.startsWith('/interaction/')) return choice;
    return this.request(choice.url, { method: 'POST', body: new URLSearchParams({ sub }) });
  }

  /** Fills in and posts the form of a page that holds this text, as a browser without script does. */
  async submit(path: string, holding: string, fields: Record<string, string>): Promise<Page> {
    const { page, form } = await this.open(path, holding);
    return form ? this.send(form, fields) : page;
  }

  /** Opens a page. @returns it, and its form that holds this text. */
  async open(path: string, holding: string): Promise<{ page: Page; form: Form | null }> {
    const page = await this.get(path);
    const html = page.text.match(/<form[^>]*>.*?<\/form>/gs)?.find((candidate) => candidate.includes(holding));
    if (!html) return { page, form: null };
    const hidden = [...html.matchAll(/<input type="hidden"([^>]*)>/g)].map(
      ([, attributes = '']) => [attribute(attributes, 'name'), attribute(attributes, 'value')] as const,
    );
    return { page, form: { path: new URL(page.url).pathname, hidden } };
  }

  /** Posts a form that was opened before, here or at another portal of the same build. */
  send({ path, hidden }: Form, fields: Record<string, string>): Promise<Page> {
    const body = new FormData();
    for (const [name, value] of [...hidden, ...Object.entries(fields)]) body.set(name, value);
    return this.request(path, { method: 'POST', body }, 0);
  }

  /** The frame's document: its response as it is. */
  frame(): Promise<Page> {
    const headers = { 'sec-fetch-site': 'same-origin', 'sec-fetch-dest': 'iframe' };
    return this.request('/account/buy/frame', { headers }, 0);
  }

  /** Requests a page as a navigation, by Fetch Metadata. */
  visit(path: string): Promise<Page> {
    return this.request(path, { headers: { 'sec-fetch-site': 'same-origin', 'sec-fetch-dest': 'document' } });
  }

  get(path: string): Promise<Page> {
    return this.request(path, {});
  }

  post(path: string, fields: Record<string, string>): Promise<Page> {
    return this.request(path, { method: 'POST', body: new URLSearchParams(fields) }, 0);
  }

  /** @param redirects how many to follow. */
  async request(path: string, init: RequestInit, redirects = 12): Promise<Page> {
    const url = new URL(path, this.origin);
    const response = await fetch(url, {
      ...init,
      redirect: 'manual',
      signal: AbortSignal.timeout(PATIENCE_MS),
      headers: {
        'user-agent': USER_AGENT,
        origin: url.origin,
        'x-forwarded-for': this.#address,
        cookie: this.#cookiesFor(url.hostname),
        ...init.headers,
      },
    });
    this.#keep(url.hostname, response.headers.getSetCookie());
    const text = await response.text();
    const location = response.headers.get('location');
    if (location && redirects > 0) return this.request(new URL(location, url).href, {}, redirects - 1);
    return { status: response.status, url: url.href, text, location };
  }

  /** The portal's cookies as a request header. */
  get cookie(): string {
    return this.#cookiesFor(new URL(this.origin).hostname);
  }

  #cookiesFor(host: string): string {
    return [...(this.#cookies.get(host) ?? [])].map(([name, value]) => `${name}=${value}`).join('; ');
  }

  #keep(host: string, lines: string[]): void {
    const jar = this.#cookies.get(host) ?? new Map<string, string>();
    for (const line of lines) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      if (value === '' || /max-age=0(;|$)/i.test(line)) jar.delete(name);
      else jar.set(name, value);
    }
    this.#cookies.set(host, jar);
  }
}

function attribute(attributes: string, name: string): string {
  const value = new RegExp(`\\b${name}="([^"]*)"`).exec(attributes)?.[1] ?? '';
  return value.replaceAll('&quot;', '"').replaceAll('&amp;', '&').replaceAll('&#x27;', "'");
}

/** Returns the fields of a filled details form. */
export function detailsWith(residenceAddress: string): Record<string, string> {
  return {
    firstName: 'Olena',
    lastName: 'Shevchenko',
    phoneNumber: '+380991234567',
    country: 'UA',
    documentNumber: 'FE123456',
    taxNumber: '',
    residenceAddress,
    consent: 'agreed',
  };
}

/** Returns whether the portal confirmed a sign-out: by the sign-in page, or by the page that leads to the provider. */
export function isSignedOut({ status, text }: Pick<Page, 'status' | 'text'>): boolean {
  return status === 303 || (status === 200 && text.includes('/session/end'));
}
