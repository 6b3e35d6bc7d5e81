// Ten minutes of a busy bank on two instances while KunaCore fails now and then; then everyone signs out at once.
import { setTimeout as sleep } from 'node:timers/promises';
import { startBalancer } from '../balancer';
import type { Options } from '../options';
import { atOnce, readyPerson } from '../people';
import { type Row, short } from '../report';
import { type Query, withDatabase } from '../seed';
import { type Portal, type Stack, TELLS_LIVE_MEMORY, withStack } from '../stack';
import { driftOf, fifthsOf } from '../statistics';
import { usageOfGroup } from '../usage';
import { isUnexpected, openFrame, pagesIn, play, signOut, type Tally, type Visitor } from '../visitors';

const PER_SECOND = 60;
/** A collection stops an instance for a moment, so there are few. */
const MEMORY_SAMPLES = 50;
const HEAP_MB = 256;
const FRAME_TRIES = 20;
/** The time in which every revocation must be carried out. */
const REVOKED_WITHIN_S = 120;

const FAULTS = [
  { endpoint: '*', kind: 'status', status: 500, probability: 0.05 },
  { endpoint: '*', kind: 'delay', ms: 2_000, probability: 0.02 },
];

export function measureLoad({ minutes, people }: Options): Promise<Row[]> {
  return withStack(async (stack) => {
    const database = await stack.createDatabase('PostgreSQL');
    const port = stack.takePortalPort();
    const origin = `http://localhost:${port}`;
    // One after the other: the first makes the tables.
    const nodeOptions = [...TELLS_LIVE_MEMORY, `--max-old-space-size=${HEAP_MB}`];
    const portals = [
      await stack.startPortal({ ...database, origin, nodeOptions }),
      await stack.startPortal({ ...database, origin, nodeOptions }),
    ];
    const balancer = await startBalancer(
      port,
      portals.map((portal) => portal.origin),
    );
    const visitors = await register(stack, origin, people);
    for (const fault of FAULTS) await stack.control('POST', 'faults', fault);
    const tally: Tally = new Map();
    const memory = sampleMemory(portals, minutes * 60_000);
    await play(visitors, PER_SECOND, minutes * 60, tally);
    const perSecond = pagesIn(tally) / (minutes * 60);
    const rows = [rateRow(perSecond, minutes), ...(await memory.stop())];
    await atOnce(8, visitors, ({ person }) => openForCertain(() => openFrame(person, tally)));
    rows.push(...(await withDatabase(database, (query) => signOutTogether(stack, query, visitors, tally))));
    balancer.close();
    return [...rows, ...failureRows(tally)];
  });
}

async function register(stack: Stack, origin: string, people: number): Promise<Visitor[]> {
  const visitors: Visitor[] = [];
  await atOnce(8, Array.from({ length: people }), async () => {
    const { person, sub } = await readyPerson(stack, origin);
    visitors.push({ person, sub, busy: false });
  });
  return visitors;
}

/** Repeats until KunaCore's failures have let it through. */
async function openForCertain(open: () => Promise<boolean>): Promise<void> {
  for (let tries = 0; tries < FRAME_TRIES; tries += 1) if (await open()) return;
  throw new Error(`a frame did not open in ${FRAME_TRIES} tries`);
}

/**
 * Measures memory as time passes. What is in use after a collection shows a leak; the resident memory, which the
 * collector moves as it likes, shows how much an instance needs.
 */
function sampleMemory(portals: Portal[], milliseconds: number): { stop(): Promise<Row[]> } {
  const live = portals.map(() => [] as number[]);
  const resident = portals.map(() => [] as number[]);
  const take = async () => {
    for (const [index, portal] of portals.entries()) {
      resident[index]?.push(usageOfGroup(portal.pid).residentBytes / 1e6);
      live[index]?.push((await portal.liveBytes()) / 1e6);
    }
  };
  let taking = Promise.resolve();
  const timer = setInterval(() => {
    taking = taking.then(take);
  }, milliseconds / MEMORY_SAMPLES);
  return {
    async stop() {
      clearInterval(timer);
      await taking;
      return portals.flatMap((_, index) => memoryRows(index, live[index] ?? [], resident[index] ?? []));
    },
  };
}

function memoryRows(index: number, live: number[], resident: number[]): Row[] {
  const instance = `the ${index === 0 ? 'first' : 'second'} instance`;
  const fifths = fifthsOf(live).map(short).join(', ');
  return [
    {
      measure: `load: drift % of the memory in use, ${instance}`,
      figure: driftOf(live) * 100,
      detail: `MB in use after a collection, by fifths of the time: ${fifths}`,
    },
    {
      measure: `load: resident MB at most, ${instance}`,
      figure: Math.max(...resident),
      detail: `heap bounded at ${HEAP_MB} MB; drift ${short(driftOf(resident) * 100)} %`,
    },
  ];
}

function rateRow(perSecond: number, minutes: number): Row {
  return { measure: 'load: signed-in requests/s', figure: perSecond, detail: `${PER_SECOND}/s for ${minutes} min` };
}

/** Signs everyone out within one second. Each sign-out must end the session and every token of its owner. */
async function signOutTogether(stack: Stack, query: Query, visitors: Visitor[], tally: Tally): Promise<Row[]> {
  const began = performance.now();
  const confirmed = await Promise.all(
    visitors.map(async (visitor, index) => {
      await sleep((index / visitors.length) * 1000);
      return signOut(visitor, tally);
    }),
  );
  const answeredIn = (performance.now() - began) / 1000;
  const left = async () => {
    const customers = await stack.control<{ liveTokens: number }[]>('GET', 'customers');
    const [row] = await query(`select (select count(*) from sessions)::int as sessions,
      (select count(*) from authorisations where epoch > revoked_epoch)::int as pending`);
    const tokens = customers.filter(({ liveTokens }) => liveTokens > 0).length;
    return { sessions: Number(row?.sessions), pending: Number(row?.pending), tokens };
  };
  let rest = await left();
  const sum = () => rest.sessions + rest.pending + rest.tokens;
  while (sum() > 0 && performance.now() - began < REVOKED_WITHIN_S * 1000) {
    await sleep(500);
    rest = await left();
  }
  const seconds = (performance.now() - began) / 1000;
  const refused = confirmed.filter((done) => !done).length;
  return [
    {
      measure: 'load: sign-outs not carried out',
      figure: Math.max(refused, rest.sessions, rest.pending, rest.tokens),
      detail: `${visitors.length} in one second: ${refused} not confirmed; left are ${rest.sessions} sessions, ${rest.pending} pending revocations, ${rest.tokens} people with a token`,
    },
    { measure: 'load: s until all sign-outs were answered', figure: answeredIn },
    { measure: 'load: s until KunaCore had invalidated every token', figure: seconds },
  ];
}

function failureRows(tally: Tally): Row[] {
  const failures = [...tally].flatMap(([key, times]) => {
    const [, what = '', status = ''] = /^(.*) (\d+)$/.exec(key) ?? [];
    return Number(status) === 0 || Number(status) >= 500 ? [{ key, times, what, status: Number(status) }] : [];
  });
  const unexpected = failures.filter(({ what, status }) => isUnexpected(what, status));
  const shown = (list: typeof failures) => list.map(({ key, times }) => `${times} × ${key}`).join(', ') || 'none';
  const expected = failures.filter((failure) => !unexpected.includes(failure));
  const sum = (list: typeof failures) => list.reduce((total, { times }) => total + times, 0);
  return [
    { measure: 'load: unexpected 5xx', figure: sum(unexpected), detail: shown(unexpected) },
    { measure: 'load: reported failures of KunaCore', figure: sum(expected), detail: shown(expected) },
    { measure: 'load: sign-ins that failed at first', figure: timesOf(tally, /^second sign-in/) },
    { measure: 'load: responses', figure: timesOf(tally, /./) },
  ];
}

function timesOf(tally: Tally, key: RegExp): number {
  return [...tally].reduce((sum, [found, times]) => sum + (key.test(found) ? times : 0), 0);
}
