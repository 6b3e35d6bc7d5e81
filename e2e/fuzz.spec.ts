// Whatever is posted to an action: an answer that blames the sender, never a failure. `npm run test:fuzz` posts 5,000
// bodies to each action and tells how long the portal was busy; here it is a few.
import { readFileSync } from 'node:fs';
import { expect, test } from '@playwright/test';
import fc from 'fast-check';
import { signIn } from './portal';
import { person } from './sandbox';
import { PORTAL } from './stack';

const RUNS = Number(process.env.FUZZ_RUNS ?? 60);
/** Few: the slowest answer is to tell of a body that keeps the portal busy, not of a queue. */
const AT_ONCE = 2;

interface ServerReferences {
  node: Record<string, { exportedName: string }>;
}
const actions = Object.entries(
  (JSON.parse(readFileSync('.next/server/server-reference-manifest.json', 'utf8')) as ServerReferences).node,
).map(([id, { exportedName }]) => ({ id, name: exportedName }));

const PAGES: Record<string, string> = { sendLink: '/sign-in', endDevice: '/account/devices' };

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
/** Names as React's encoding has them, and others. */
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
/** A valid body with some bytes changed, cut or doubled. */
const damaged = fc.tuple(multipart, fc.nat(), fc.nat(255), fc.nat()).map(([bytes, at, byte, cut]) => {
  const copy = Uint8Array.from(bytes);
  copy[at % copy.length] = byte;
  return copy.subarray(0, copy.length - (cut % 40));
});

const encoded = (from: fc.Arbitrary<string>) => from.map((one) => new TextEncoder().encode(one));
const body: fc.Arbitrary<Body> = fc.record({
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

for (const { id, name: action } of actions)
  test(`${action}: ${RUNS} bodies`, async ({ page, context }) => {
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
      const answer = await fetch(address, { method: 'POST', headers, body: one.body as BodyInit, redirect: 'manual' });
      await answer.arrayBuffer();
      const context = `${one.type} ${one.asAction} ${Buffer.from(one.body).toString('base64')}`;
      expect(answer.status, context).toBeLessThan(500);
      statuses[answer.status] = (statuses[answer.status] ?? 0) + 1;
    };
    const watch = watchLatency();
    const queue = fc.sample(body, { numRuns: RUNS, seed: 20261123 });
    const worker = async () => {
      for (let one = queue.pop(); one; one = queue.pop()) await watch.during(one, () => send(one as Body));
    };
    await Promise.all(Array.from({ length: AT_ONCE }, worker));
    const { slowest, suspects } = await watch.stop();
    expect(Object.values(statuses).reduce((sum, count) => sum + count, 0)).toBe(RUNS);
    if (!process.env.FUZZ_RUNS) return;
    const told = JSON.stringify(statuses);
    // A pause for garbage falls on any body; one that keeps the portal busy does so again when it comes alone.
    const alone = await slowestAlone(suspects, send);
    console.log(
      `${action}: ${told}, slowest health answer ${slowest} ms; ` +
        `${suspects.length} bodies of that time once more, alone: ${alone} ms at most`,
    );
  });

/** The longest that any of these keeps the portal busy by itself: the better of two tries. */
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

/** Longer than this the portal must not be busy with one body. */
const STALL_MS = 200;

/** Asks for health all the while: its slowest answer is the longest that the portal was busy. */
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
