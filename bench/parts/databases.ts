// The embedded database beside PostgreSQL: start-up, memory, and what a request costs as the data grows.
import { setTimeout as sleep } from 'node:timers/promises';
import type { Browser as Person } from '../../e2e/http-browser';
import { countBackendCpu } from '../backends';
import { generateLoad } from '../load-generator';
import type { Options } from '../options';
import { readyPeople } from '../people';
import { type Row, short } from '../report';
import { type Query, seedCustomers, seedPendingRevocations, withDatabase } from '../seed';
import { type DatabaseName, type Portal, type PortalOptions, type Stack, withStack } from '../stack';
import { median } from '../statistics';
import { usageOfGroup } from '../usage';

type Place = Pick<PortalOptions, 'databaseUrl' | 'dataDirectory'>;

/** The most customers of each database. The embedded one is for development and demonstrations. */
const MOST: Record<DatabaseName, number> = { embedded: 100_000, PostgreSQL: 1_000_000 };
const DATABASES: DatabaseName[] = ['embedded', 'PostgreSQL'];
const STARTS = 3;
const REST_MS = 5_000;
const CONNECTIONS = 8;
const PEOPLE = 4;
const PATHS = ['/account', '/account/buy', '/account/activity', '/api/account/status'];
const COSTED = ['/account', '/api/account/status'];
/** The share of all requests that one cost is measured with. */
const COSTED_SHARE = 25;
const PENDING = [1, 100, 10_000];

export function measureDatabases({ customers, requests }: Options): Promise<Row[]> {
  return withStack(async (stack) => {
    const rows: Row[] = [];
    for (const name of DATABASES) {
      const place = await stack.createDatabase(name);
      rows.push(...(await measureStartsAndMemory(stack, name, place, requests)));
      const most = Math.min(customers, MOST[name]);
      rows.push(...(await measureGrowth(stack, name, place, most, Math.ceil(requests / COSTED_SHARE))));
    }
    return rows;
  });
}

async function measureStartsAndMemory(
  stack: Stack,
  name: DatabaseName,
  place: Place,
  requests: number,
): Promise<Row[]> {
  const first = await stack.startPortal(place);
  await first.stop();
  const later: number[] = [];
  for (let start = 0; start < STARTS; start += 1) {
    const portal = await stack.startPortal(place);
    later.push(portal.startedInMs);
    await portal.stop();
  }
  const portal = await stack.startPortal(place);
  await sleep(REST_MS);
  const atRest = megabytes(portal);
  const people = await readyPeople(stack, portal.origin, PEOPLE);
  await generateLoad({
    targets: PATHS.flatMap((path) => targetsOf(path, portal, people)),
    connections: CONNECTIONS,
    until: { requests },
  });
  const afterwards = megabytes(portal);
  await portal.stop();
  return [
    {
      measure: `start-up ms, ${name}`,
      figure: median(later),
      detail: `${Math.round(first.startedInMs)} ms with a new database`,
    },
    { measure: `memory MB at rest, ${name}`, figure: atRest },
    { measure: `memory MB after ${requests.toLocaleString('en')} requests, ${name}`, figure: afterwards },
  ];
}

/** Measures requests at 10^3, 10^4 … customers, then with pending revocations. The portal stops while rows are added. */
async function measureGrowth(
  stack: Stack,
  name: DatabaseName,
  place: Place,
  most: number,
  requests: number,
): Promise<Row[]> {
  const rows: Row[] = [];
  const measure = async (size: string) => rows.push(...(await measureCost(stack, name, place, size, requests)));
  let last = 0;
  for (let count = 1_000; count <= most; count *= 10) {
    await withDatabase(place, (query) => seedCustomers(query, last + 1, count));
    last = count;
    await measure(`${count.toLocaleString('en')} customers`);
  }
  for (const count of PENDING.filter((count) => count <= last)) {
    await withDatabase(place, (query) => seedPendingRevocations(query, count));
    await measure(`${count.toLocaleString('en')} pending revocations`);
  }
  return rows;
}

async function measureCost(
  stack: Stack,
  name: DatabaseName,
  place: Place,
  size: string,
  requests: number,
): Promise<Row[]> {
  const portal = await stack.startPortal(place);
  const people = await readyPeople(stack, portal.origin, PEOPLE);
  const rows: Row[] = [];
  for (const path of COSTED) {
    await costOf(path, place, portal, people, requests);
    const cost = await costOf(path, place, portal, people, requests);
    rows.push({
      measure: `CPU ms of ${path}, ${size}, ${name}`,
      figure: cost.portal + cost.database,
      detail: name === 'PostgreSQL' ? `of it ${short(cost.database)} in PostgreSQL` : '',
    });
  }
  rows.push({ measure: `start-up ms, ${size}, ${name}`, figure: portal.startedInMs });
  await portal.stop();
  return rows;
}

/** Returns the processor time of one request, in the portal and in PostgreSQL. */
async function costOf(path: string, place: Place, portal: Portal, people: Person[], requests: number) {
  const measure = async (query: Query | null) => {
    const databaseCpu = query ? await countBackendCpu(query) : async () => 0;
    const before = usageOfGroup(portal.pid).cpuMs;
    await generateLoad({
      targets: targetsOf(path, portal, people),
      connections: CONNECTIONS,
      until: { requests },
    });
    return {
      portal: (usageOfGroup(portal.pid).cpuMs - before) / requests,
      database: (await databaseCpu()) / requests,
    };
  };
  return place.databaseUrl ? withDatabase(place, measure) : measure(null);
}

function targetsOf(path: string, { origin }: Portal, people: Person[]) {
  return people.map(({ cookie }) => ({ url: origin + path, headers: { cookie } }));
}

function megabytes({ pid }: Portal): number {
  return usageOfGroup(pid).residentBytes / 1e6;
}
