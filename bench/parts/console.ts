// The support console at a thousand customers and at a million: every list, search and page.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { parseEnv } from 'node:util';
import { type Form, Browser as Person } from '../../e2e/http-browser';
import { seededPerson } from '../../scripts/seeded-people';
import type { Options } from '../options';
import type { Row } from '../report';
import { type Query, withDatabase } from '../seed';
import { type Stack, withStack } from '../stack';
import { median, percentile, ratioOfRounds } from '../statistics';

const FEW = 1_000;
const OPERATOR = 'oksana-melnyk';
/** Rounds that are not measured: the portal compiles, and the database writes and reads what was seeded. */
const WARM_UP = 5;

/** People of both databases: one who is ready to buy, one who shares their name with many. */
const SOUGHT = seededPerson(15);

const PAGES: Record<string, string> = {
  'the queue Needs us': '/operator?queue=needs-us',
  'the queue Waiting for Kuna': '/operator?queue=waiting',
  'the queue Blocked': '/operator?queue=blocked',
  'all customers': '/operator?queue=all',
  // Halfway through a thousand, far from the newest of a million.
  'a later page of all': `/operator?queue=all&after=${(Date.now() - 480 * 60_000) * 1_000}.${SOUGHT.id}`,
  "a customer's page": `/operator/customers/${SOUGHT.id}`,
  'the audit log': '/operator/audit',
};

const { firstName, lastName, phoneNumber } = SOUGHT.details;
const SEARCHES: Record<string, string> = {
  // One person at both sizes: a list and a single result cost different things.
  'a name and four digits': `${firstName} ${lastName} ${phoneNumber.slice(-4)}`,
  'a common first name': 'Oleksandr',
  'the beginnings of two common names': 'ole kov',
  'a part of an address': SOUGHT.email.slice(0, SOUGHT.email.indexOf('@') + 3),
  'a whole address': SOUGHT.email,
  'a phone number': phoneNumber,
  'the last four digits': phoneNumber.slice(-4),
  'a wallet id': SOUGHT.walletId,
  'a name that nobody has': 'Zzyzx Qqqq',
};

export function measureConsole({ customers, runs }: Options): Promise<Row[]> {
  return withStack(async (stack) => {
    const few = await openConsole(stack, FEW);
    const many = await openConsole(stack, customers);
    const times = { few: new Map<string, number[]>(), many: new Map<string, number[]>() };
    for (let round = -WARM_UP; round < runs; round += 1)
      for (const name of Object.keys(few.steps)) {
        const [one, other] = [await few.time(name), await many.time(name)];
        if (round < 0) continue;
        times.few.set(name, [...(times.few.get(name) ?? []), one]);
        times.many.set(name, [...(times.many.get(name) ?? []), other]);
      }
    return Object.keys(few.steps).flatMap((name) => {
      const [small, large] = [times.few.get(name) ?? [], times.many.get(name) ?? []];
      const size = customers.toLocaleString('en');
      return [
        {
          measure: `console, ms, ${name}`,
          figure: median(large),
          detail: `${size} customers; p95 ${Math.round(percentile(large, 95))} ms`,
        },
        {
          measure: `console, ÷ 1,000 customers, ${name}`,
          figure: ratioOfRounds(large, small),
          detail: `${Math.round(median(small))} ms at 1,000`,
        },
      ];
    });
  });
}

/** Starts a portal with this many customers, and signs an operator in. */
async function openConsole(stack: Stack, customers: number) {
  const database = await stack.createDatabase('PostgreSQL');
  await (await stack.startPortal(database)).stop();
  seed(database.databaseUrl ?? '', customers);
  const { origin } = await stack.startPortal(database);
  const operator = new Person(origin);
  await operator.signIn(OPERATOR);
  const { form } = await operator.open('/operator', 'name="find"');
  if (!form) throw new Error('the console has no search');
  const steps = stepsOf(operator, form);
  const unlimited = (query: Query) => query('delete from rate_limits');
  const time = async (name: string) => {
    await withDatabase(database, unlimited);
    const began = performance.now();
    const { status } = (await steps[name]?.()) ?? {};
    const milliseconds = performance.now() - began;
    if (status !== 200 && status !== 303) throw new Error(`${name}: ${status}`);
    return milliseconds;
  };
  return { steps, time };
}

function stepsOf(operator: Person, form: Form) {
  return Object.fromEntries([
    ...Object.entries(PAGES).map(([name, path]) => [name, () => operator.get(path)] as const),
    ...Object.entries(SEARCHES).map(
      ([name, find]) => [`search for ${name}`, () => operator.send(form, { find })] as const,
    ),
  ]);
}

function seed(databaseUrl: string, customers: number): void {
  const sample = parseEnv(readFileSync('.env.example', 'utf8'));
  execFileSync('npm', ['run', '--silent', 'seed', '--', '--customers', String(customers)], {
    env: { ...process.env, ...sample, DATABASE_URL: databaseUrl },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
}
