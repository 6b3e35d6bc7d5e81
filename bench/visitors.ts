import { setTimeout as sleep } from 'node:timers/promises';
import { isSignedOut, type Page, type Browser as Person } from '../e2e/http-browser';
import { isSignedIn } from './people';

/** A customer of the load: their browser, and whether a request of theirs is under way. */
export interface Visitor {
  person: Person;
  sub: string;
  busy: boolean;
}

/** The number of responses by what was asked for and by status. */
export type Tally = Map<string, number>;

/** Requests that read from KunaCore, and report in the portal's own words when KunaCore fails. */
const NEEDS_KUNACORE = new Set(['frame', '/api/account/holdings', '/api/account/operations']);

/** Returns whether a response shows a failure of the portal, not one of KunaCore. */
export function isUnexpected(what: string, status: number): boolean {
  if (status === 0) return true;
  return status >= 500 && !(NEEDS_KUNACORE.has(what) && (status === 502 || status === 503));
}

/** What signed-in people ask for, by its share in percent. */
const SHARES = {
  '/api/account/status': 40,
  '/account': 25,
  '/account/activity': 15,
  '/api/account/holdings': 5,
  '/api/account/operations': 5,
  '/account/devices': 5,
  '/account/details': 5,
};
const PAGES = Object.entries(SHARES).flatMap(([path, share]) => Array.from({ length: share }, () => path));

/** Things that people do in a second, besides the pages that they read. */
const PURCHASES_PER_SECOND = 1;
const RETURNS_PER_SECOND = 0.5;
const MOST_AT_ONCE = 300;

/** Plays visitors for some time, and waits for the last response. */
export async function play(visitors: Visitor[], perSecond: number, seconds: number, tally: Tally): Promise<void> {
  const underWay = new Set<Promise<void>>();
  const start = (act: (visitor: Visitor, tally: Tally) => Promise<void>) => {
    const visitor = underWay.size < MOST_AT_ONCE ? freeVisitor(visitors) : undefined;
    if (!visitor) return;
    visitor.busy = true;
    const acting = act(visitor, tally).finally(() => {
      visitor.busy = false;
      underWay.delete(acting);
    });
    underWay.add(acting);
  };
  const schedules = [
    { rate: perSecond, act: readPage, sent: 0 },
    { rate: PURCHASES_PER_SECOND, act: purchase, sent: 0 },
    { rate: RETURNS_PER_SECOND, act: leaveAndReturn, sent: 0 },
  ];
  const began = performance.now();
  for (let passed = 0; passed < seconds; passed = (performance.now() - began) / 1000) {
    for (const schedule of schedules)
      for (; schedule.sent < passed * schedule.rate; schedule.sent += 1) start(schedule.act);
    await sleep(10);
  }
  await Promise.all(underWay);
}

/** Returns how many pages were read. */
export function pagesIn(tally: Tally): number {
  const read = [...tally].filter(([key]) => Object.keys(SHARES).includes(key.split(' ')[0] ?? ''));
  return read.reduce((sum, [, times]) => sum + times, 0);
}

function freeVisitor(visitors: Visitor[]): Visitor | undefined {
  for (let tries = 0; tries < 20; tries += 1) {
    const visitor = visitors[Math.floor(Math.random() * visitors.length)];
    if (visitor && !visitor.busy) return visitor;
  }
  return undefined;
}

async function readPage({ person }: Visitor, tally: Tally): Promise<void> {
  const path = PAGES[Math.floor(Math.random() * PAGES.length)] ?? '/account';
  await ask(path, person.get(path), tally);
}

async function purchase({ person }: Visitor, tally: Tally): Promise<void> {
  await ask('/account/buy', person.get('/account/buy'), tally);
  await openFrame(person, tally);
}

/** Requests the frame. @returns whether it leads to the widget. */
export async function openFrame(person: Person, tally: Tally): Promise<boolean> {
  const page = await ask('frame', person.frame(), tally);
  return page?.location?.includes('refreshToken=') ?? false;
}

async function leaveAndReturn(visitor: Visitor, tally: Tally): Promise<void> {
  await signOut(visitor, tally);
  const page = await ask('sign-in', visitor.person.signIn(visitor.sub), tally);
  // A person who was refused tries again.
  if (!page || !isSignedIn(page)) await ask('second sign-in', visitor.person.signIn(visitor.sub), tally);
}

/** @returns whether the portal confirmed the sign-out. */
export async function signOut({ person }: Visitor, tally: Tally): Promise<boolean> {
  const page = await ask('sign-out', person.post('/sign-out', { where: 'here' }), tally);
  return page !== null && isSignedOut(page);
}

/** Counts a response, or a request without one as status 0. */
async function ask(what: string, request: Promise<Page>, tally: Tally): Promise<Page | null> {
  const page = await request.catch(() => null);
  const key = `${what} ${page?.status ?? 0}`;
  tally.set(key, (tally.get(key) ?? 0) + 1);
  return page;
}
