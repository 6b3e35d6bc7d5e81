// Requests per second of one process, compared with a bare Next application at the same moment.
import type { Browser as Person } from '../../e2e/http-browser';
import { generateLoad, type Target } from '../load-generator';
import type { Options } from '../options';
import { readyPeople } from '../people';
import { type Row, short } from '../report';
import { type DatabaseName, type Running, withStack } from '../stack';
import { median, percentile, ratioOfRounds } from '../statistics';
import { usageOfGroup } from '../usage';

const CONNECTIONS = 8;
const PEOPLE = 4;
const DATABASES: DatabaseName[] = ['embedded', 'PostgreSQL'];
const SIGNED_IN = ['/account', '/account/buy', '/account/activity'];
const SIGNED_OUT = ['/', '/sign-in'];
const STATUS = '/api/account/status';

/** What is measured in each round. */
interface Course {
  name: string;
  /** The course of the bare application that it is compared with. */
  base?: 'bare page' | 'bare route';
  targets: Target[];
  pid: number;
}

interface Sample {
  perSecond: number;
  /** The server's processor time for one request. Other programs on the machine disturb it less. */
  cpuMs: number;
}

export function measureRequests({ runs, seconds }: Options): Promise<Row[]> {
  return withStack(async (stack) => {
    const { origin, pid } = await stack.startBare();
    const courses: Course[] = [
      { name: 'bare page', pid, targets: [{ url: `${origin}/` }] },
      { name: 'bare route', pid, targets: [{ url: `${origin}/status` }] },
    ];
    for (const name of DATABASES) {
      const portal = await stack.startPortal(await stack.createDatabase(name));
      courses.push(...coursesOf(name, portal, await readyPeople(stack, portal.origin, PEOPLE)));
    }
    const measured = new Map(courses.map(({ name }) => [name, [] as Sample[]]));
    // The first round warms up.
    for (let round = -1; round < runs; round += 1)
      for (const course of courses) {
        const sample = await measure(course, seconds);
        if (round >= 0) measured.get(course.name)?.push(sample);
      }
    return courses.flatMap(({ name, base }) => toRow(name, base, measured));
  });
}

function coursesOf(database: DatabaseName, { origin, pid }: Running, people: Person[]): Course[] {
  const signedIn = (path: string) => people.map(({ cookie }) => ({ url: origin + path, headers: { cookie } }));
  const course = (path: string, base: Course['base'], targets: Target[]): Course => ({
    name: `${path}, ${database}`,
    pid,
    base,
    targets,
  });
  return [
    ...SIGNED_IN.map((path) => course(path, 'bare page', signedIn(path))),
    ...SIGNED_OUT.map((path) => course(path, 'bare page', [{ url: origin + path }])),
    course(STATUS, 'bare route', signedIn(STATUS)),
  ];
}

async function measure({ targets, pid }: Course, seconds: number): Promise<Sample> {
  const before = usageOfGroup(pid).cpuMs;
  const { perSecond, milliseconds } = await generateLoad({ targets, connections: CONNECTIONS, until: { seconds } });
  return { perSecond, cpuMs: (usageOfGroup(pid).cpuMs - before) / milliseconds.length };
}

function toRow(name: string, base: Course['base'], measured: Map<string, Sample[]>): Row[] {
  const samples = measured.get(name) ?? [];
  const rates = samples.map(({ perSecond }) => perSecond);
  const cpuMs = median(samples.map((sample) => sample.cpuMs));
  const detail = `${short(median(rates))}/s (5 % of rounds below ${short(percentile(rates, 5))}/s), ${short(cpuMs)} ms of CPU each`;
  if (!base) return [{ measure: `requests/s, ${name}`, figure: median(rates), detail }];
  const baseRates = (measured.get(base) ?? []).map(({ perSecond }) => perSecond);
  return [{ measure: `requests/s ÷ ${base}, ${name}`, figure: ratioOfRounds(rates, baseRates), detail }];
}
