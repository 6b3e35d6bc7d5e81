import { type Browser, detailsWith } from '../../../e2e/http-browser';
import { Person } from './person';
import { build as buildPortal, type SandboxCall, type SandboxCustomer, type Stack, startStack, until } from './stack';

const SIGN_OUTS = 100;
const CUSTOMERS = 1_000;
const AT_ONCE = 8;

/**
 * Sign-out while KunaCore hangs against sign-out while it is well, interleaved in one run; then 1,000 sign-outs while
 * it is away, and how long after its return every one of these customers is invalidated.
 * @returns whether the ratio of medians is at most 1.2 and all were done within 60 s.
 */
export async function measureSignOut(build: boolean): Promise<boolean> {
  if (build) buildPortal();
  const stack = await startStack(1, 'postgres');
  try {
    const ratio = await signOutRatio(stack);
    const seconds = await drainAfterOutage(stack);
    console.log(
      `sign-out with KunaCore hanging takes ${ratio.toFixed(2)} times as long as with it well (${SIGN_OUTS} of each, medians)`,
    );
    console.log(`${CUSTOMERS} sign-outs during an outage: all invalidated ${seconds.toFixed(1)} s after its end`);
    return ratio <= 1.2 && seconds <= 60;
  } finally {
    await stack.stop();
  }
}

async function signOutRatio(stack: Stack): Promise<number> {
  const times: { well: number[]; hanging: number[] } = { well: [], hanging: [] };
  const person = new Person(stack, 1999, () => 0);
  await person.signIn(0);
  await person.save(0);
  for (let round = 0; round < 2 * SIGN_OUTS; round += 1) {
    const kind = round % 2 ? 'hanging' : 'well';
    await person.signIn(0);
    stack.toKunaCore.network = kind === 'hanging' ? 'hang' : 'pass';
    const began = performance.now();
    await person.signOut(0);
    times[kind].push(performance.now() - began);
    stack.toKunaCore.network = 'pass';
    stack.toKunaCore.cut();
  }
  return median(times.hanging) / median(times.well);
}

async function drainAfterOutage(stack: Stack): Promise<number> {
  const people = Array.from({ length: CUSTOMERS }, (_, index) => new Person(stack, index + 1, () => 0));
  await each(people, async (person) => {
    await person.signIn(0);
    await person.save(0);
    if (!(await person.frame(0))) throw new Error(`${person.email} got no token`);
  });
  stack.toKunaCore.network = 'refuse';
  stack.toKunaCore.cut();
  await each(people, (person) => person.signOut(0));
  const dead = await liveTokens(stack);
  if (dead < CUSTOMERS) throw new Error('Tokens died during the outage');
  stack.toKunaCore.network = 'pass';
  const back = performance.now();
  await until(async () => (await liveTokens(stack)) === 0, 'not all were invalidated within 60 s');
  return (performance.now() - back) / 1000;
}

/** Returns how many tokens are live at the sandbox. */
export async function liveTokens(stack: Stack): Promise<number> {
  const customers = await stack.control<SandboxCustomer[]>('GET', 'customers');
  return customers.reduce((sum, customer) => sum + customer.liveTokens, 0);
}

const USERS = 20;
const CLICKS = 50;

/**
 * 20 users press "Save and continue" 50 times at once, on two portals. Whom a busy portal asked to try again does so.
 * @returns whether KunaCore accepted exactly one create for each.
 */
export async function measureSaves(build: boolean): Promise<boolean> {
  if (build) buildPortal();
  const stack = await startStack(2, 'postgres');
  try {
    const people = Array.from({ length: USERS }, (_, index) => new Person(stack, index + 1, () => 0));
    await each(people, (person) => person.signIn(0));
    const forms = await Promise.all(people.map(openForm));
    const responses = await Promise.all(
      forms.flatMap((form) => Array.from({ length: CLICKS }, (_, click) => form(stack, click))),
    );
    await each(people, async (person) => {
      await until(() => person.save(0), `${person.email} cannot save`);
      await until(async () => (await person.customer()).length > 0, `${person.email} has no customer`);
    });
    const calls = await stack.control<SandboxCall[]>('GET', 'calls');
    const accepted = calls.filter(({ path, status }) => path === CREATE && status && status < 300).length;
    const confirmed = responses.filter(Boolean).length;
    console.log(
      `${USERS} users × ${CLICKS} saves at once on two portals: ${accepted} creates accepted; ` +
        `${confirmed} of the saves were confirmed at once, the others asked to try again`,
    );
    return accepted === USERS;
  } finally {
    await stack.stop();
  }
}

const CREATE = '/v2/customer/create';

/** Opens a person's details form. @returns how to press its button, at one portal or the other. */
async function openForm(person: Person): Promise<(stack: Stack, click: number) => Promise<boolean>> {
  const browser = person.browsers[0] as Browser;
  const { form } = await browser.open('/account/details', 'name="firstName"');
  if (!form) throw new Error(`${person.email} finds no form`);
  return async (stack, click) => {
    const portal = stack.portals[click % stack.portals.length];
    browser.origin = portal?.origin ?? browser.origin;
    const page = await browser.send(form, detailsWith('1 Fault St, Kyiv')).catch(() => null);
    return page?.status === 303 && page.location?.endsWith('/account') === true;
  };
}

/** Works on the items, a few at once. */
export async function each<T>(items: T[], work: (item: T) => Promise<unknown>): Promise<void> {
  const queue = [...items];
  const worker = async () => {
    for (let item = queue.shift(); item; item = queue.shift()) await work(item);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
}

/** Returns the median of values, which it sorts. */
export function median(values: number[]): number {
  return values.sort((a, b) => a - b)[values.length >> 1] ?? Number.NaN;
}
