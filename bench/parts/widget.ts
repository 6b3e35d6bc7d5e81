// Time to the widget: from the navigation until the widget's host receives the request of the frame.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Browser } from '@playwright/test';
import type { Browser as Person } from '../../e2e/http-browser';
import { profileOf, withBrowser } from '../browser';
import { Line } from '../line';
import type { Options } from '../options';
import { readyPeople } from '../people';
import type { Row } from '../report';
import { type Running, type Stack, withStack } from '../stack';
import { median, percentile, ratioOfRounds } from '../statistics';
import { LINES, type LineName } from '../targets';

const KUNACORE_MS = 150;
const GIVE_UP_MS = 30_000;
const WARM_UPS = 2;
/** More than one, because each account may open 30 frames in 5 minutes. */
const PEOPLE = 4;

/** A page whose frame leads to the widget. */
interface Variant {
  name: 'portal' | 'floor' | 'after hydration';
  url: string;
  people: Person[];
}

export function measureWidget({ runs }: Options): Promise<Row[]> {
  return withStack((stack) =>
    withBrowser(async (browser) => {
      const line = new Line();
      const host = await startWidgetHost();
      const widgetPort = stack.takePort();
      await line.forward(widgetPort, host.port);
      const variants = await startVariants(stack, line, `http://127.0.0.1:${widgetPort}/`);
      await stack.control('POST', 'faults', { endpoint: '/v2/ramp/token', kind: 'delay', ms: KUNACORE_MS });
      const times = new Map<string, number[]>();
      // All variants take turns, so that a busy moment of the machine meets each.
      for (let run = -WARM_UPS; run < runs; run += 1)
        for (const name of Object.keys(LINES) as LineName[])
          for (const variant of variants) {
            line.settings = LINES[name];
            const time = await navigate(browser, variant, run, LINES[name].slowdown, host);
            const key = `${variant.name}, ${name} line`;
            if (run >= 0) times.set(key, [...(times.get(key) ?? []), time]);
          }
      line.close();
      host.close();
      return rowsOf(times);
    }),
  );
}

async function startVariants(stack: Stack, line: Line, widgetUrl: string): Promise<Variant[]> {
  const { id } = await stack.control<{ id: string }>('POST', 'customers', {
    email: 'bench@example.com',
    firstName: 'Olena',
    lastName: 'Kovalenko',
    country: 'UA',
    verificationDocumentId: 'FE123456',
    residenceAddress: '1 Bench St, Kyiv',
  });
  const settings = {
    KUNACORE_API_URL: stack.apiUrl,
    KUNACORE_API_KEY: 'sample-api-key',
    CUSTOMER_ID: id,
    WIDGET_URL: widgetUrl,
  };
  const at = async ({ origin }: Running) => {
    const port = stack.takePort();
    await line.forward(port, portOf(origin));
    return `http://localhost:${port}`;
  };
  const floor = await at(await stack.startFloor(settings));
  const bare = await at(await stack.startBare(settings));
  const portalPort = stack.takePortalPort();
  const origin = `http://localhost:${portalPort}`;
  const portal = await stack.startPortal({
    ...(await stack.createDatabase('PostgreSQL')),
    origin,
    settings: { KUNACORE_WIDGET_URL: widgetUrl },
  });
  await line.forward(portalPort, portOf(portal.origin));
  const people = await readyPeople(stack, origin, PEOPLE);
  return [
    { name: 'portal', url: `${origin}/account/buy`, people },
    { name: 'floor', url: `${floor}/`, people: [] },
    { name: 'after hydration', url: `${bare}/after-hydration`, people: [] },
  ];
}

function portOf(origin: string): number {
  return Number(new URL(origin).port);
}

/** Opens the page in a profile without cache and connections. @returns milliseconds until the widget's host is asked. */
async function navigate(
  browser: Browser,
  { name, url, people }: Variant,
  run: number,
  slowdown: number,
  host: WidgetHost,
): Promise<number> {
  const context = await profileOf(browser, people.at(run % PEOPLE));
  try {
    const page = await context.newPage();
    const session = await context.newCDPSession(page);
    await session.send('Emulation.setCPUThrottlingRate', { rate: slowdown });
    const arrival = host.nextFrame();
    const began = performance.now();
    const opening = page.goto(url, { waitUntil: 'commit' });
    const arrived = await Promise.race([arrival, giveUp(name)]);
    await opening;
    return arrived - began;
  } finally {
    await context.close();
  }
}

async function giveUp(name: string): Promise<never> {
  await new Promise((resolve) => setTimeout(resolve, GIVE_UP_MS).unref());
  throw new Error(`${name}: the widget's host was not asked within ${GIVE_UP_MS / 1000} s`);
}

interface WidgetHost {
  port: number;
  /** Resolves with the time at which the next frame's request arrives. */
  nextFrame(): Promise<number>;
  close(): void;
}

async function startWidgetHost(): Promise<WidgetHost> {
  let tell: (time: number) => void = () => {};
  const server = createServer(({ url = '' }, response) => {
    if (url.includes('refreshToken=')) tell(performance.now());
    response.writeHead(200, { 'content-type': 'text/html' }).end('<!doctype html><title>Widget</title>');
  });
  await new Promise<void>((listening) => server.listen(0, listening));
  return {
    port: (server.address() as AddressInfo).port,
    nextFrame: () =>
      new Promise((resolve) => {
        tell = resolve;
      }),
    close: () => server.close(),
  };
}

function rowsOf(times: Map<string, number[]>): Row[] {
  const of = (variant: Variant['name'], line: string) => times.get(`${variant}, ${line} line`) ?? [];
  const shown = (values: number[]) => `${Math.round(median(values))} ms (p95 ${Math.round(percentile(values, 95))})`;
  return Object.keys(LINES).flatMap((line) =>
    (['floor', 'after hydration'] as const).map((base) => ({
      measure: `time to widget ÷ ${base}, ${line} line`,
      figure: ratioOfRounds(of('portal', line), of(base, line)),
      detail: `portal ${shown(of('portal', line))}, ${base} ${shown(of(base, line))}`,
    })),
  );
}
