// The support console at a thousand customers and at a million: every list, search and page.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { parseEnv } from 'node:util';
import { type Form, Browser as Person } from '../../e2e/http-browser';
import { seededPerson } from '../../scripts/seeded-people';
import { countBackendCpu } from '../backends';
import type { Options } from '../options';
import { type Row, short } from '../report';
import { type Query, withDatabase } from '../seed';
import { type Stack, withStack } from '../stack';
import { median, percentile, ratioOfRounds } from '../statistics';

const FEW = 1_000;
const OPERATOR = 'oksana-melnyk';
/** Rounds that are not measured: the portal compiles, and the database writes and reads what was seeded. */
const WARM_UP = 5;

/** A person of both databases who is ready to buy and has all that a page can show, and one whose details wait. */
const SOUGHT = seededPerson(15);
const IN_REVIEW = seededPerson(2);

/** The fixed part of every page: a list without lines. */
const EMPTY = 'an empty list';
const PAGES: Record<string, string> = {
  [EMPTY]: `/operator/review?after=${(Date.now() + 86_400_000) * 1_000}_${SOUGHT.id}`,
  'the queue Needs us': '/operator?queue=needs-us',
  'the queue Waiting for Kuna': '/operator?queue=waiting',
  'the queue Blocked': '/operator?queue=blocked',
  'all customers': '/operator?queue=all',
  // Halfway through a thousand, far from the newest of a million.
  'a later page of all': `/operator?queue=all&after=${(Date.now() - 480 * 60_000) * 1_000}.${SOUGHT.id}`,
  'the queue of reviews': '/operator/review',
  'details in review': `/operator/customers/${IN_REVIEW.id}/review`,
  "a customer's page": `/operator/customers/${SOUGHT.id}`,
  "a customer's purchases": `/operator/customers/${SOUGHT.id}?kind=purchases`,
  'an action for a customer': `/operator/customers/${SOUGHT.id}/block`,
  'the audit log': '/operator/audit',
  'a later page of the audit log': '/operator/audit?before=1000',
  'the audit log of one customer': `/operator/audit?subject=${SOUGHT.id}`,
  'the integration page': '/operator/integration',
};

const { firstName, lastName, phoneNumber } = SOUGHT.details;
const SEARCHES: Record<string, string> = {
  // One person at both sizes: a list and a single result cost different things.
  'a name and four digits': `${firstName} ${lastName} ${phoneNumber.slice(-4)}`,
  // Some at a thousand, as many as a search lists at a million.
  'a whole name': `${firstName} ${lastName}`,
  'a common first name': 'Oleksandr',
  'the beginnings of two common names': 'ole kov',
  'two common first names': 'Oleksandr Olena',
  'a part of an address': SOUGHT.email.slice(0, SOUGHT.email.indexOf('@') + 3),
  'a whole address': SOUGHT.email,
  'a phone number': phoneNumber,
  'the last four digits': phoneNumber.slice(-4),
  'a customer id': SOUGHT.customerId,
  'a wallet id': SOUGHT.walletId,
  'a name that nobody has': 'Zzyzx Qqqq',
};

/** What one request took: in the portal and in PostgreSQL, and of it PostgreSQL's processor time. */
interface Sample {
  ms: number;
  databaseMs: number;
}

export function measureConsole({ customers, runs }: Options): Promise<Row[]> {
  return withStack(async (stack) => {
    const few = await openConsole(stack, FEW);
    const many = await openConsole(stack, customers);
    const samples = { few: new Map<string, Sample[]>(), many: new Map<string, Sample[]>() };
    const names = Object.keys(few.steps);
    for (let round = -WARM_UP; round < runs; round += 1)
      for (const name of names) {
        const [one, other] = [await few.measure(name), await many.measure(name)];
        if (round < 0) continue;
        samples.few.set(name, [...(samples.few.get(name) ?? []), one]);
        samples.many.set(name, [...(samples.many.get(name) ?? []), other]);
      }
    const empty = timesOf(samples.many.get(EMPTY));
    return [
      { measure: `console, s to add ${size(customers)} customers`, figure: many.seededInSeconds },
      { measure: `console, s to start with ${size(customers)} customers`, figure: many.startedInSeconds },
      ...names.flatMap((name) =>
        rowsOf(name, customers, empty, samples.few.get(name) ?? [], samples.many.get(name) ?? []),
      ),
    ];
  });
}

const size = (customers: number) => customers.toLocaleString('en');
const timesOf = (samples: Sample[] = []) => samples.map(({ ms }) => ms);

function rowsOf(name: string, customers: number, empty: number[], few: Sample[], many: Sample[]): Row[] {
  const [small, large] = [timesOf(few), timesOf(many)];
  const database = median(many.map(({ databaseMs }) => databaseMs));
  const aboveEmpty = ratioOfRounds(large, empty);
  return [
    {
      measure: `console, ms, ${name}`,
      figure: median(large),
      detail: `${size(customers)} customers; p95 ${Math.round(percentile(large, 95))} ms; PostgreSQL's CPU ${short(database)} ms; ${short(aboveEmpty)} × an empty list`,
    },
    {
      measure: `console, ÷ 1,000 customers, ${name}`,
      figure: ratioOfRounds(large, small),
      detail: `${Math.round(median(small))} ms at 1,000`,
    },
  ];
}

/** Starts a portal with this many customers, and signs an operator in. */
async function openConsole(stack: Stack, customers: number) {
  const database = await stack.createDatabase('PostgreSQL');
  await (await stack.startPortal(database)).stop();
  const began = performance.now();
  seed(database.databaseUrl ?? '', customers);
  const seededInSeconds = (performance.now() - began) / 1_000;
  const { origin, startedInMs } = await stack.startPortal({ ...database, settings: SETTINGS });
  const operator = new Person(origin);
  await operator.signIn(OPERATOR);
  const { form } = await operator.open('/operator', 'name="find"');
  if (!form) throw new Error('the console has no search');
  const steps = stepsOf(operator, form);
  const unlimited = (query: Query) => query('delete from rate_limits');
  const measure = async (name: string): Promise<Sample> => {
    await withDatabase(database, unlimited);
    return withDatabase(database, async (query) => {
      const databaseCpu = await countBackendCpu(query);
      const began = performance.now();
      const { status } = (await steps[name]?.()) ?? {};
      const ms = performance.now() - began;
      if (status !== 200 && status !== 303) throw new Error(`${name}: ${status}`);
      return { ms, databaseMs: await databaseCpu() };
    });
  };
  return { steps, measure, seededInSeconds, startedInSeconds: startedInMs / 1_000 };
}

/** The seeded sessions must not end meanwhile: each would be a revocation. */
const SETTINGS = { SESSION_IDLE_MINUTES: '720' };

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
