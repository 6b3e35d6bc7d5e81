// Posts random bodies to every action: each gets a response in time, and the portal stays healthy. A body that React's
// decoder cannot read fails that one request only (decision 028). `npm run --prefix verification fuzz` posts 5,000
// bodies to each action and reports how long the portal was busy; this test posts a few.
// ASVS 5.0: 1.5.2 15.3.5 15.3.6
import { readFileSync } from 'node:fs';
import { expect, test } from '@playwright/test';
import fc from 'fast-check';
import { builtActions } from './build';
import { signIn } from './portal';
import { person } from './sandbox';
import { logFile, PORTAL } from './stack';

const RUNS = Number(process.env.FUZZ_RUNS ?? 30);
/** Few, so that the slowest response shows a slow body rather than a queue. */
const AT_ONCE = 2;

const PAGES: Record<string, string> = {
  sendLink: '/sign-in',
  endDevice: '/account/devices',
  endOtherDevices: '/account/devices',
  saveMessages: '/account/messages',
};

interface Body {
  type: string;
  body: Uint8Array;
  asAction: boolean;
}

const text = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.string(),
  fc.constantFrom('$K1', '$F1', '$@0', '$undefined', '__proto__', '[]', '\0'),
);
/** References of React's encoding: every letter, any number, with a path into the value. */
const reference = fc
  .tuple(
    fc.constantFrom(...'@FTQWBKZiInDdNhSLoOAaGgUuSsVvMmCbRrXx', ''),
    fc.oneof(
      fc.constantFrom('0', '1', '2', 'a', 'ffffffff', '-1', ''),
      fc.nat(40).map((number) => number.toString(16)),
    ),
    fc.array(fc.constantFrom('__proto__', 'constructor', 'prototype', 'then', 'length', '0', 'toString', 'map'), {
      maxLength: 4,
    }),
  )
  .map(([letter, number, way]) => [`$${letter}${number}`, ...way].join(':'));
/** Values of a part: references at any depth, objects that look like promises, keys of prototypes. */
const wire = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    reference,
    fc.constantFrom<unknown>('$undefined', '$NaN', '$Infinity', '$-0', '$n99999999999', '$D2026', null, 0, ''),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(fc.constantFrom('then', 'status', 'value', 'reason', '_response', 'x', 'constructor'), tie('value'), {
      maxKeys: 4,
    }),
    tie('value').map((value) => JSON.parse(`{"__proto__":${JSON.stringify(value)}}`)),
  ),
})).value;
const deep = fc
  .tuple(fc.constantFrom('[', '{"a":', '{"then":'), fc.integer({ min: 10, max: 15_000 }))
  .map(([opening, times]) => `${opening.repeat(times)}0${(opening === '[' ? ']' : '}').repeat(times)}`);
const part = fc.oneof(
  { weight: 8, arbitrary: wire.map((value) => JSON.stringify(value)) },
  { weight: 1, arbitrary: deep },
  { weight: 1, arbitrary: fc.string() },
);
/** Spellings of a part's name. React reads the name as a number, so all of them mean the same part. */
const number = fc
  .tuple(fc.constantFrom('', '0', '00', ' ', '+', '\t', '0x', '-', '$ACTION_', '$ACTION_1:', '_1_'), fc.nat(3))
  .map(([before, index]) => `${before}${index}`);

/** Names from React's encoding, and others. */
const name = fc.oneof(
  fc.constantFrom('0', '1', '_1_email', '_1_firstName', '_1_device', '$ACTION_REF_1', '$ACTION_1:0', '$ACTION_KEY'),
  fc.string({ minLength: 1 }),
);
const flight = fc.oneof(
  fc.json(),
  fc.array(fc.oneof(text, fc.jsonValue(), fc.constant('$K1')), { maxLength: 4 }).map((list) => JSON.stringify(list)),
);

const multipart = fc
  .tuple(flight, fc.array(fc.tuple(name, text), { maxLength: 8 }))
  .map(([first, fields]): Uint8Array => {
    const parts = [...fields, ['0', first]].map(
      ([field, value]) =>
        `--x\r\nContent-Disposition: form-data; name="${field?.replace(/["\r\n]/g, '_')}"\r\n\r\n${value}\r\n`,
    );
    return new TextEncoder().encode(`${parts.join('')}--x--\r\n`);
  });
/** Random bodies in React's wire format: any part, any spelling of its number, before or after the first one. */
const wireForm = fc
  .tuple(fc.array(fc.tuple(number, part), { minLength: 1, maxLength: 6 }), fc.option(part), fc.boolean())
  .map(([parts, first, last]): Uint8Array => {
    const zero: [string, string][] = first === null ? [] : [['0', first]];
    const action: [string, string][] = last ? [['$ACTION_REF_1', ''], ...zero] : zero;
    const all = last ? [...parts, ...action] : [...action, ...parts];
    const text = all.map(
      ([field, value]) => `--x\r\nContent-Disposition: form-data; name="${field}"\r\n\r\n${value}\r\n`,
    );
    return new TextEncoder().encode(`${text.join('')}--x--\r\n`);
  });
/** A valid body with some bytes changed, cut or doubled. */
const damaged = fc.tuple(multipart, fc.nat(), fc.nat(255), fc.nat()).map(([bytes, at, byte, cut]) => {
  const copy = Uint8Array.from(bytes);
  copy[at % copy.length] = byte;
  return copy.subarray(0, copy.length - (cut % 40));
});

const encoded = (from: fc.Arbitrary<string>) => from.map((one) => new TextEncoder().encode(one));
const garbage: fc.Arbitrary<Body> = fc.record({
  type: fc.constantFrom(
    'multipart/form-data; boundary=x',
    'multipart/form-data; boundary=x',
    'text/plain;charset=UTF-8',
    'application/x-www-form-urlencoded',
    'application/json',
    'a/b',
  ),
  body: fc.oneof(multipart, damaged, encoded(flight), encoded(text), fc.uint8Array({ maxLength: 2000 })),
  asAction: fc.boolean(),
});
const body: fc.Arbitrary<Body> = fc.oneof(
  garbage,
  fc.record({ type: fc.constant('multipart/form-data; boundary=x'), body: wireForm, asAction: fc.boolean() }),
  fc.record({ type: fc.constant('text/plain;charset=UTF-8'), body: encoded(part), asAction: fc.constant(true) }),
);

for (const { id, name: action } of builtActions())
  test(`${action}: ${RUNS} bodies [T32]`, async ({ page, context }) => {
    test.setTimeout(600_000);
    await signIn(page, person(56).sub);
    const cookie = (await context.cookies()).map((one) => `${one.name}=${one.value}`).join('; ');
    const address = PORTAL.origin + (PAGES[action] ?? '/account/details');
    const statuses: Record<number, number> = {};
    const send = async (one: Body) => {
      const headers = {
        origin: PORTAL.origin,
        cookie,
        'content-type': one.type,
        ...(one.asAction ? { 'next-action': id } : {}),
      };
      const signal = AbortSignal.timeout(30_000);
      const request = { method: 'POST', headers, body: one.body as BodyInit, redirect: 'manual', signal } as const;
      const response = await fetch(address, request);
      await response.arrayBuffer();
      const context = `${one.type} ${one.asAction} ${Buffer.from(one.body).toString('base64').slice(0, 5_000)}`;
      expect(response.status, context).toBeLessThanOrEqual(500);
      // Only bodies that reached the decoder may fail; others must be refused before it.
      if (response.status === 500) expect(isForDecoder(one), context).toBe(true);
      statuses[response.status] = (statuses[response.status] ?? 0) + 1;
    };
    const before = failures();
    const watch = watchLatency();
    const queue = fc.sample(body, { numRuns: RUNS, seed: 20261123 });
    const worker = async () => {
      for (let one = queue.pop(); one; one = queue.pop()) await watch.during(one, () => send(one as Body));
    };
    await Promise.all(Array.from({ length: AT_ONCE }, worker));
    const { slowest, suspects } = await watch.stop();
    expect(Object.values(statuses).reduce((sum, count) => sum + count, 0)).toBe(RUNS);
    const account = await fetch(`${PORTAL.origin}/account`, { headers: { cookie } });
    expect(await account.text()).toContain(person(56).email);
    const lines = failures().slice(before.length);
    expect(lines.length).toBeLessThanOrEqual((statuses[500] ?? 0) + 1);
    // One check: thousands would block this process for longer than the portal keeps idle connections.
    expect(lines.filter((line) => line.length >= 3_000)).toEqual([]);
    if (!process.env.FUZZ_RUNS) return;
    const counts = JSON.stringify(statuses);
    // Garbage collection can delay any body; a slow body is slow again when sent alone.
    const alone = await slowestAlone(suspects, send);
    console.log(
      `${action}: ${counts}, slowest health response ${slowest} ms; ` +
        `${suspects.length} bodies of that time once more, alone: ${alone} ms at most`,
    );
  });

/** Encodes the arguments of an action, as sent by script or by a plain form. */
function isForDecoder({ type, body, asAction }: Body): boolean {
  return asAction || (type.startsWith('multipart/') && Buffer.from(body).includes('$ACTION_'));
}

/** Returns the log's lines about failures. */
function failures(): string[] {
  return readFileSync(logFile('portal'), 'utf8')
    .split('\n')
    .filter((line) => line.includes('"request_failed"'));
}

/** Returns the longest time that one of these bodies keeps the portal busy, the better of two tries. */
async function slowestAlone(bodies: Body[], send: (one: Body) => Promise<void>): Promise<number> {
  let longest = 0;
  for (const one of bodies) {
    const tries: number[] = [];
    for (let n = 0; n < 2; n += 1) {
      const watch = watchLatency();
      await watch.during(one, () => send(one));
      tries.push((await watch.stop()).slowest);
    }
    longest = Math.max(longest, Math.min(...tries));
  }
  return longest;
}

/** The longest time that one body may keep the portal busy. */
const STALL_MS = 200;

/** Measures how long the portal was busy: the slowest response of the health check meanwhile. */
function watchLatency() {
  let going = true;
  let slowest = 0;
  const underWay = new Set<Body>();
  const suspects = new Set<Body>();
  const loop = (async () => {
    while (going) {
      const before = [...underWay];
      const began = performance.now();
      await (await fetch(`${PORTAL.origin}/api/health/live`)).arrayBuffer();
      const took = performance.now() - began;
      slowest = Math.max(slowest, took);
      if (took > STALL_MS) for (const one of [...before, ...underWay]) suspects.add(one);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  })();
  return {
    async during(one: Body, work: () => Promise<void>): Promise<void> {
      underWay.add(one);
      await work();
      underWay.delete(one);
    },
    async stop(): Promise<{ slowest: number; suspects: Body[] }> {
      going = false;
      await loop;
      return { slowest: Math.round(slowest), suspects: [...suspects] };
    },
  };
}
