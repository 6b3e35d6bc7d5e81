import { Browser } from '../../../e2e/http-browser';
import type { Person } from './person';
import type { Stack } from './stack';

/** Sample operators: both may review, and a supervisor may block and link. */
const SUPERVISOR = 'oksana-melnyk';
const AGENT = 'ihor-tkachenko';

/** Below the age at which an operator must sign in again to act. */
const SIGNED_IN_MS = 5 * 60_000;

/** The institution's two operators, who use the support console without script. */
export class Desk {
  readonly #pages = new Map<Person, string>();
  #browsers: [Browser, Browser] | undefined;
  #signedInAt = 0;

  constructor(private readonly stack: Stack) {}

  /** Finds a person. Needs a portal without faults, as `signIn` does. */
  async open(person: Person): Promise<void> {
    const found = await this.#supervisor.submit('/operator', 'name="find"', { find: person.email });
    const page = found.location && new URL(found.location, found.url).pathname;
    if (!page?.startsWith('/operator/customers/')) throw new Error(`${person.email} cannot be found: ${found.status}`);
    this.#pages.set(person, page);
  }

  /** Signs both in, unless they have done so a moment ago. */
  async signIn(): Promise<void> {
    if (this.#browsers && performance.now() - this.#signedInAt < SIGNED_IN_MS) return;
    const origin = this.stack.portals[0]?.origin ?? '';
    this.#browsers = [new Browser(origin), new Browser(origin)];
    await this.#browsers[0].signIn(SUPERVISOR);
    await this.#browsers[1].signIn(AGENT);
    this.#signedInAt = performance.now();
  }

  /** Lets both use this portal from now on. */
  use(origin: string): void {
    for (const browser of this.#browsers ?? []) browser.origin = origin;
  }

  /** Blocks or unblocks. @returns what the customer's page says then, or null when it is not known. */
  async setBlocked(person: Person, blocked: boolean): Promise<boolean | null> {
    const reason = blocked ? 'suspected-misuse' : 'checked';
    if (!(await this.#act(person, blocked ? 'block' : 'unblock', reason))) return null;
    return this.isBlocked(person).catch(() => null);
  }

  async isBlocked(person: Person): Promise<boolean> {
    const html = await this.#customerPage(person);
    const page = this.#pageOf(person);
    const [isBlocked, isFree] = ['unblock', 'block'].map((action) => html.includes(`href="${page}/${action}"`));
    if (isBlocked === isFree) throw new Error(`The page of ${person.email} does not say whether they are blocked`);
    return isBlocked === true;
  }

  /** Returns whether the portal has linked a person to this customer. */
  async isLinked(person: Person, customerId: string): Promise<boolean> {
    return (await this.#customerPage(person)).includes(customerId);
  }

  /** Links a person in conflict to the customer that the page shows. */
  link(person: Person): Promise<boolean> {
    return this.#act(person, 'link-conflict', 'checked');
  }

  /**
   * Lets one operator accept what waits of a person, or return it. What they saw counts, even if it changes meanwhile.
   * @param which the supervisor is 0.
   * @returns whether something waited, and the portal answered.
   */
  async review(person: Person, which: number, decision: 'accept' | 'return'): Promise<boolean> {
    const browser = this.#browser(which);
    const { page, form } = await browser
      .open(`${this.#pageOf(person)}/review`, `value="${decision}"`)
      .catch(() => ({ page: null, form: null }));
    const address = />(\d+ Fault St, Kyiv)</.exec(page?.text ?? '')?.[1];
    if (!form || !address) return false;
    if (decision === 'accept') person.acceptedBy(which, address);
    const why: Record<string, string> =
      decision === 'return' ? { reason: 'mistyped', note: 'Compare the address.' } : {};
    const done = await browser.send(form, why).catch(() => null);
    return done?.status === 303;
  }

  async #customerPage(person: Person): Promise<string> {
    const { status, text } = await this.#supervisor.get(this.#pageOf(person));
    if (status !== 200) throw new Error(`The page of ${person.email} is ${status}`);
    return text;
  }

  async #act(person: Person, action: string, reason: string): Promise<boolean> {
    const page = this.#pageOf(person);
    const done = await this.#supervisor
      .submit(`${page}/${action}`, `value="${action}"`, { reason, text: '' })
      .catch(() => null);
    return done?.status === 303;
  }

  #pageOf(person: Person): string {
    const page = this.#pages.get(person);
    if (!page) throw new Error(`${person.email} was not found`);
    return page;
  }

  get #supervisor(): Browser {
    return this.#browser(0);
  }

  #browser(which: number): Browser {
    const browser = this.#browsers?.[which];
    if (!browser) throw new Error('No operator has signed in');
    return browser;
  }
}
