import { Browser } from '../../../e2e/http-browser';
import type { Person } from './person';
import { type Stack, until } from './stack';

/** Sample people who are supervisors. Enough that none exceeds the limit of an operator's requests in a minute. */
const OPERATORS = Array.from({ length: 60 }, (_, index) => 1901 + index);

/** Makes them operators (OPERATOR_EMAILS). */
export const operatorEmails = OPERATORS.map((number) => `customer${number}@example.com=supervisor`).join(',');

/** Two operators at a time, who use the support console without script. */
export class Desk {
  readonly #pages = new Map<Person, string>();
  #browsers: [Browser, Browser] | undefined;
  #shifts = 0;

  constructor(private readonly stack: Stack) {}

  /** Finds a person. Needs a portal without faults, as `signIn` does. */
  async open(person: Person): Promise<void> {
    const isFound = async () => {
      const { location, url } = await this.#first.submit('/operator', 'name="find"', { find: person.email });
      const page = location ? new URL(location, url).pathname : '';
      if (page.startsWith('/operator/customers/')) this.#pages.set(person, page);
      return this.#pages.has(person);
    };
    await until(isFound, `${person.email} cannot be found`);
  }

  /** Signs the next two in. */
  async signIn(): Promise<void> {
    const origin = this.stack.portals[0]?.origin ?? '';
    this.#browsers = [new Browser(origin), new Browser(origin)];
    for (const browser of this.#browsers) {
      const subject = `sample-${OPERATORS[this.#shifts % OPERATORS.length]}`;
      this.#shifts += 1;
      const isSignedIn = async () => {
        await browser.signIn(subject);
        return (await browser.get('/operator')).text.includes('name="find"');
      };
      await until(isSignedIn, `${subject} cannot sign in`);
    }
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
   * @returns whether something waited, and the portal answered.
   */
  async review(person: Person, which: number, decision: 'accept' | 'return'): Promise<boolean> {
    const browser = this.#browser(which);
    const { page, form } = await browser
      .open(`${this.#pageOf(person)}/review`, decision === 'accept' ? 'Accept the details' : 'id="text"')
      .catch(() => ({ page: null, form: null }));
    const address = />(\d+ Fault St, Kyiv)</.exec(page?.text ?? '')?.[1];
    if (!form || !address) return false;
    if (decision === 'accept') person.acceptedBy(which, address);
    const why: Record<string, string> =
      decision === 'return' ? { reason: 'mistyped', text: 'Compare the address.' } : {};
    const done = await browser.send(form, why).catch(() => null);
    return done?.status === 303;
  }

  async #customerPage(person: Person): Promise<string> {
    const { status, text } = await this.#first.get(this.#pageOf(person));
    if (status !== 200) throw new Error(`The page of ${person.email} is ${status}`);
    return text;
  }

  async #act(person: Person, action: string, reason: string): Promise<boolean> {
    const page = this.#pageOf(person);
    const done = await this.#first
      .submit(`${page}/${action}`, `value="${action}"`, { reason, text: '' })
      .catch(() => null);
    return done?.status === 303;
  }

  #pageOf(person: Person): string {
    const page = this.#pages.get(person);
    if (!page) throw new Error(`${person.email} was not found`);
    return page;
  }

  get #first(): Browser {
    return this.#browser(0);
  }

  #browser(which: number): Browser {
    const browser = this.#browsers?.[which];
    if (!browser) throw new Error('No operator has signed in');
    return browser;
  }
}
