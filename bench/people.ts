import { Browser, detailsWith, type Page } from '../e2e/http-browser';
import type { Stack } from './stack';

const SIGN_IN_TRIES = 3;

/** Signs a new customer in and confirms their details. They can buy afterwards. */
export async function readyPerson(stack: Stack, origin: string): Promise<{ person: Browser; sub: string }> {
  const number = stack.nextPerson();
  const person = new Browser(origin);
  const sub = `sample-${number}`;
  await signIn(person, sub);
  const page = await person.submit('/account/details', 'name="firstName"', detailsWith(`${number} Bench St, Kyiv`));
  if (page.status !== 303) throw new Error(`${sub} cannot save the details: ${page.status} ${page.url}`);
  const status = await person.get('/api/account/status');
  if (!status.text.includes('"ready"')) throw new Error(`${sub} is not ready: ${status.text}`);
  return { person, sub };
}

/** Signs a person in, again when the first requests of a new process take too long. */
async function signIn(person: Browser, sub: string): Promise<void> {
  for (let tries = 1; ; tries += 1) {
    const page = await person.signIn(sub);
    if (isSignedIn(page)) return;
    if (tries === SIGN_IN_TRIES) throw new Error(`${sub} cannot sign in: ${page.status} ${page.url}`);
  }
}

/** Returns whether a sign-in led into the account. */
export function isSignedIn({ url }: Page): boolean {
  return new URL(url).pathname === '/account';
}

export async function readyPeople(stack: Stack, origin: string, count: number): Promise<Browser[]> {
  const people: Browser[] = [];
  await atOnce(8, Array.from({ length: count }), async () => {
    people.push((await readyPerson(stack, origin)).person);
  });
  return people;
}

/** Works through the items, a few at once. */
export async function atOnce<T>(workers: number, items: T[], work: (item: T) => Promise<unknown>): Promise<void> {
  const queue = items.entries();
  const worker = async () => {
    for (const [, item] of queue) await work(item);
  };
  await Promise.all(Array.from({ length: workers }, worker));
}
