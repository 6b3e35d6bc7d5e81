import { Browser, detailsWith, isSignedOut, type Page } from '../../../e2e/http-browser';
import type { SandboxCustomer, Stack } from './stack';

/** A person who uses the portal from up to two browsers, and remembers its responses. */
export class Person {
  readonly browsers: Browser[];
  readonly email: string;
  /** Saves in the order they began; `confirmed` once the portal reported that it is stored. */
  readonly saves: { address: string; began: number; confirmed?: number }[] = [];
  /** Cookies whose sign-out was confirmed must be good no more: one flag for each browser. */
  readonly signedOut = [true, true];
  /** Browsers whose session the identity provider has ended, which every portal has confirmed. */
  readonly endedAtBank = [false, false];
  /** Browsers whose session the provider may have forgotten without a portal's confirmation. No later token names it. */
  readonly #forgotten = [false, false];
  /** Confirmed, and no save was under way then or has begun since. */
  withdrawn = false;
  /** The addresses that each operator was about to accept. */
  readonly #accepted = [new Set<string>(), new Set<string>()];
  readonly broken: string[] = [];
  #savesUnderWay = 0;
  readonly #signIns = [0, 1].map(() => ({ begun: 0, finished: 0 }));

  constructor(
    private readonly stack: Stack,
    readonly number: number,
    private readonly now: () => number,
  ) {
    this.email = `customer${number}@example.com`;
    this.browsers = [0, 1].map(() => new Browser(stack.portals[0]?.origin ?? ''));
  }

  async signIn(which: number): Promise<void> {
    const signIns = this.#signIns[which] ?? { begun: 0, finished: 0 };
    signIns.begun += 1;
    this.endedAtBank[which] = false;
    this.#forgotten[which] = false;
    await this.#ask(which, (browser) => browser.signIn(`sample-${this.number}`));
    // Also when the last answer was lost: the cookie came with an earlier one.
    this.signedOut[which] = false;
    signIns.finished += 1;
  }

  async save(which: number): Promise<boolean> {
    const save: Person['saves'][number] = { address: `${this.saves.length + 1} Fault St, Kyiv`, began: this.now() };
    this.saves.push(save);
    this.withdrawn = false;
    this.#savesUnderWay += 1;
    const page = await this.#ask(which, (browser) =>
      browser.submit('/account/details', 'name="firstName"', detailsWith(save.address)),
    );
    // Without a response, it may be stored later.
    if (page?.status !== 303 || !page.location?.endsWith('/account')) return false;
    this.#savesUnderWay -= 1;
    save.confirmed = this.now();
    return true;
  }

  /** Withdraws the consent. Agreeing again is another save. */
  async withdraw(which: number): Promise<boolean> {
    const isQuiet = this.#savesUnderWay === 0;
    const saves = this.saves.length;
    const page = await this.#ask(which, (browser) => browser.submit('/account/details', 'name="withdraw"', {}));
    if (page?.status !== 303 || !page.location?.endsWith('/account/details')) return false;
    this.withdrawn = isQuiet && this.saves.length === saves;
    return true;
  }

  /** Notes that an operator accepts an address: KunaCore may have it once both have. */
  acceptedBy(operator: number, address: string): void {
    this.#accepted[operator]?.add(address);
  }

  isAccepted(address: unknown): boolean {
    return this.#accepted.every((addresses) => addresses.has(String(address)));
  }

  async buy(which: number): Promise<void> {
    await this.#ask(which, (browser) => browser.submit('/account', 'Buy crypto', {}));
  }

  /** Opens the buy page as a browser does, which issues a token ahead of the frame. */
  async visit(which: number): Promise<void> {
    await this.#ask(which, (browser) => browser.visit('/account/buy'));
  }

  /** Loads the frame; a token in its address must be this person's own. @returns the token. */
  async frame(which: number): Promise<string | null> {
    const page = await this.#ask(which, (browser) => browser.frame());
    const token = page?.location ? new URL(page.location, page.url).searchParams.get('refreshToken') : null;
    if (token) await this.#mustBeMine(token);
    return token;
  }

  async endAccess(which: number): Promise<void> {
    await this.#ask(which, (browser) => browser.submit('/account/buy', 'Kuna', {}));
  }

  async signOut(which: number, where = 'here'): Promise<void> {
    const page = await this.#ask(which, (browser) => browser.post('/sign-out', { where }));
    if (!page || !isSignedOut(page)) return;
    this.signedOut[which] = true;
  }

  /**
   * Lets the identity provider end all sessions of this person, by a token for each or for the person alone.
   * @returns what each portal answered.
   */
  async endAtBank(naming: 'session' | 'person'): Promise<{ portal: string; status: number }[]> {
    const before = this.#signIns.map(({ finished, begun }, which) => ({
      at: finished,
      isNamed: finished === begun && (naming === 'person' || !this.#forgotten[which]),
    }));
    // Until they have signed in again: another end may have begun before this one is confirmed.
    this.#forgotten.fill(true);
    const responses = await this.stack.endAtBank(`sample-${this.number}`, naming).catch(() => []);
    // Without an answer from each portal, nothing is promised.
    if (responses.length === 0 || responses.some(({ status }) => status !== 200)) return responses;
    for (const [which, { at, isNamed }] of before.entries())
      if (isNamed && at > 0 && this.#signIns[which]?.begun === at) this.endedAtBank[which] = true;
    return responses;
  }

  /** Returns the portal's state of a browser, or null when it is signed out. */
  async status(which: number): Promise<{ customer: string; authorisation: { state: string } } | null> {
    const browser = this.#browser(which);
    const page = await browser.get('/api/account/status');
    if (page.status === 401) return null;
    if (page.status !== 200) throw new Error(`status ${page.status}`);
    return JSON.parse(page.text);
  }

  async customer(): Promise<SandboxCustomer[]> {
    const all = await this.stack.control<SandboxCustomer[]>('GET', 'customers');
    return all.filter(({ email }) => email === this.email);
  }

  /** Requests that a fault swallows are part of the game; answers that show what is inside are not. */
  async #ask(which: number, request: (browser: Browser) => Promise<Page>): Promise<Page | null> {
    const page = await request(this.#browser(which)).catch(() => null);
    // 502, 503: pages of ours that say what is missing. 500: nothing of ours answered.
    if (page && (page.status === 500 || (page.status > 500 && INTERNALS.test(page.text))))
      this.broken.push(`I7: a ${page.status} without a response of ours: ${page.url} ${page.text.slice(0, 300)}`);
    if (page && STRANGERS(this.number).test(page.text)) this.broken.push('I5: a response names another person');
    return page;
  }

  async #mustBeMine(token: string): Promise<void> {
    const claims = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString());
    const [customer] = await this.customer();
    if (claims.id !== customer?.id) this.broken.push(`I5: got the token of ${claims.id}`);
  }

  #browser(which: number): Browser {
    const browser = this.browsers[which];
    if (!browser) throw new Error('no such browser');
    return browser;
  }
}

const INTERNALS = /node_modules|\.next|at \w+ \(|select "|insert into|Failed query|ECONN/;
/** Any other sample customer's address. */
const STRANGERS = (own: number) => new RegExp(`customer(?!${own}@)\\d+@example\\.com`);
