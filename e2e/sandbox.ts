// Controls the sandbox for the tests: KunaCore's calls and faults, the mails that arrived, the people who sign in.
import { expect, type Page } from '@playwright/test';
import { SANDBOX } from './stack';

export interface Call {
  path: string;
  body: Record<string, string> | null;
  headers: Record<string, string>;
  status: number | null;
}

interface Customer {
  id: string;
  email: string;
  externalId: string | null;
  walletId: string;
  liveTokens: number;
}

async function control<T>(method: string, name: string, body?: object): Promise<T> {
  const response = await fetch(`${SANDBOX.api}/__control/${name}`, {
    method,
    ...(body ? { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } } : {}),
  });
  expect(response.ok, `${method} ${name}: ${response.status}`).toBe(true);
  return (await response.json()) as T;
}

/** Changes the institution's KYC service: `switches`, `people/<subject>` or `reset`. */
export async function controlKyc(name: string, body: object): Promise<void> {
  const response = await fetch(`${SANDBOX.kyc}/__control/${name}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  expect(response.ok, name).toBe(true);
}

/** Adds a fault, e.g. `{ endpoint: '/v2/ramp/token', kind: 'status', status: 503 }`. */
export const setFault = (fault: object) => control('POST', 'faults', fault);
export const clearFaults = () => control('DELETE', 'faults');
export const setSwitches = (switches: object) => control('POST', 'switches', switches);
export const addCustomer = (customer: object) => control<Customer>('POST', 'customers', customer);
export const changeCustomer = (id: string, change: object) => control('POST', `customers/${id}`, change);

/** Returns the customers at KunaCore with this address. The portal promises at most one. */
export async function customersOf(email: string): Promise<Customer[]> {
  return (await control<Customer[]>('GET', 'customers')).filter((customer) => customer.email === email);
}

/** Returns KunaCore's calls about one person, without the overview's reads. */
export async function storyOf(email: string): Promise<Call[]> {
  const [customer] = await customersOf(email);
  const calls = await control<Call[]>('GET', 'calls');
  return calls.filter(
    ({ path, body }) =>
      /^\/v2\/(customer|ramp)\/(?!details$)/.test(path) &&
      (body?.email === email || (customer && [body?.customerId, body?.id].includes(customer.id))),
  );
}

/** Returns the endpoints of those calls, in order. */
export async function pathsOf(email: string): Promise<string[]> {
  return (await storyOf(email)).map(({ path }) => path);
}

/** A mail as the sandbox's mailbox received it. */
export interface Mail {
  subject: string;
  text: string;
  html: string;
  links: string[];
}

/** Returns the messages about an account to an address, newest first: their links lead to its pages. */
export async function messagesTo(address: string): Promise<Mail[]> {
  return (await mailsTo(address)).filter(isMessage);
}

async function mailsTo(address: string): Promise<Mail[]> {
  const response = await fetch(`${SANDBOX.mailbox}/api/mails?to=${encodeURIComponent(address)}`);
  return (await response.json()) as Mail[];
}

function isMessage({ links }: Mail): boolean {
  return links.some((link) => new URL(link).pathname.startsWith('/account'));
}

/** Waits for a mail with a link or a code to sign in with. @returns the newest one. */
export async function mailTo(address: string): Promise<Mail> {
  const read = async () => (await mailsTo(address)).filter((mail) => !isMessage(mail));
  await expect.poll(async () => (await read()).length, { message: `a mail to ${address}` }).toBeGreaterThan(0);
  const [newest] = await read();
  if (!newest) throw new Error('the mail is gone');
  return newest;
}

/** Returns one of the sandbox's generated customers, for tests that need a person of their own. */
export function person(number: number) {
  return { sub: `sample-${number}`, email: `customer${number}@example.com` };
}

/** Chooses a person at the identity provider. Uses the first button's form for people without a button. */
export async function chooseAtProvider(page: Page, sub: string): Promise<void> {
  const own = page.locator(`button[name=sub][value="${sub}"]`);
  if (await own.count()) return own.click();
  const first = page.locator('button[name=sub]').first();
  await first.evaluate((button, value) => button.setAttribute('value', value), sub);
  await first.click();
}
