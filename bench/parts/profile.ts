// Where the processor time of a request goes, by V8's sampling profiler.
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { generateLoad, type Target } from '../load-generator';
import type { Options } from '../options';
import { readyPeople } from '../people';
import { type Area, shareByArea } from '../profile';
import type { Row } from '../report';
import { type DatabaseName, type Stack, withStack } from '../stack';
import { usageOfGroup } from '../usage';

const CONNECTIONS = 8;
const PEOPLE = 4;
/** Enough that the start of the process is a small part of the profile. */
const REQUESTS = 3_000;
const DATABASES: DatabaseName[] = ['embedded', 'PostgreSQL'];
/** From what every request costs to a whole page. */
const PATHS = ['/api/health/live', '/api/account/status', '/sign-in', '/account/buy'];

export function measureProfile(_: Options): Promise<Row[]> {
  return withStack(async (stack) => {
    const rows: Row[] = [];
    for (const name of DATABASES) {
      const database = await stack.createDatabase(name);
      for (const pathname of PATHS) rows.push(await profile(stack, database, name, pathname));
    }
    return rows;
  });
}

async function profile(
  stack: Stack,
  database: Awaited<ReturnType<Stack['createDatabase']>>,
  name: DatabaseName,
  pathname: string,
): Promise<Row> {
  const folder = path.join(stack.folder, `${name}${pathname.replaceAll('/', '-')}`);
  const portal = await stack.startPortal({ ...database, nodeOptions: ['--cpu-prof', `--cpu-prof-dir=${folder}`] });
  const targets: Target[] = [];
  if (pathname.includes('/account')) {
    for (const { cookie } of await readyPeople(stack, portal.origin, PEOPLE))
      targets.push({ url: portal.origin + pathname, headers: { cookie } });
  } else targets.push({ url: portal.origin + pathname });
  const before = usageOfGroup(portal.pid).cpuMs;
  await generateLoad({ targets, connections: CONNECTIONS, until: { requests: REQUESTS } });
  const cpuMs = (usageOfGroup(portal.pid).cpuMs - before) / REQUESTS;
  await portal.stop();
  const [file = ''] = readdirSync(folder);
  const shares = shareByArea(JSON.parse(readFileSync(path.join(folder, file), 'utf8')));
  return { measure: `CPU ms with the profiler, ${pathname}, ${name}`, figure: cpuMs, detail: toText(shares) };
}

function toText(shares: Map<Area, number>): string {
  return [...shares]
    .sort(([, one], [, other]) => other - one)
    .map(([area, share]) => `${area} ${Math.round(share * 100)} %`)
    .join(', ');
}
