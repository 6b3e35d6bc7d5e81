// What leaves the portal as telemetry: one purchase, held against docs/telemetry.md.
// ASVS 5.0: 14.2.3 16.2.5
import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { expect, test } from '@playwright/test';
import { type Receiver, startReceiver } from './otlp-receiver/receiver';
import { customersOf, pathsOf, person, storyOf } from './sandbox';
import { dataDirectory, portalEnvironment, SPARE_PORTAL } from './stack';
import { draw, FOREIGN_TRACE, goToWidget, outline, traceOfWidget } from './telemetry';

const DOCUMENT = 'docs/telemetry.md';

let receiver: Receiver;
let portal: ChildProcess;
let output = '';

test.beforeAll(async () => {
  receiver = await startReceiver();
  rmSync(dataDirectory('spare-portal'), { recursive: true, force: true });
  const telemetry = {
    OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url,
    OTEL_RESOURCE_ATTRIBUTES: 'deployment.environment.name=test',
    LOG_ACCESS: 'on',
    DATABASE_URL: '',
  };
  const env = { ...process.env, ...portalEnvironment('spare-portal'), ...telemetry };
  portal = spawn('node_modules/.bin/next', ['start', '--port', String(SPARE_PORTAL.port)], { env });
  for (const stream of [portal.stdout, portal.stderr]) stream?.on('data', (chunk) => (output += chunk));
  await expect
    .poll(
      () =>
        fetch(`${SPARE_PORTAL.origin}/api/health/ready`).then(
          ({ status }) => status,
          () => 0,
        ),
      { timeout: 30_000 },
    )
    .toBe(200);
});

test.afterAll(async () => {
  portal.kill('SIGKILL');
  await receiver.close();
});

test('a way to the widget leaves the documented traces and metrics, and nothing about the person', async () => {
  const { sub, email } = person(930);
  const secrets = await goToWidget(SPARE_PORTAL.origin, sub);
  await expect.poll(() => pathsOf(email)).toContain('/v2/ramp/invalidate');
  const [customer] = await customersOf(email);
  const calls = await storyOf(email);
  // Ending, the portal exports what it still holds.
  portal.kill('SIGTERM');
  await expect.poll(() => portal.exitCode ?? portal.signalCode, { timeout: 20_000 }).not.toBeNull();

  const spans = receiver.spans;
  const trace = traceOfWidget(spans);
  await test.step('spans and metrics are documented', () => {
    const documented = readFileSync(DOCUMENT, 'utf8');
    const keys = new Set([...spans, ...receiver.points].flatMap(({ attributes }) => Object.keys(attributes)));
    const names = new Set([...receiver.points.map(({ name }) => name), ...spans.map(({ name }) => name)]);
    const own = [...names].filter((name) => /^kuna_portal\.|^(http|db)\./.test(name));
    for (const name of [...keys, ...own]) expect(documented).toContain(`\`${name}\``);
    for (const name of DOCUMENTED) expect([...names], name).toContain(name);
    for (const { name, kind, events } of spans) {
      expect(events, name).toBe(0);
      if (kind === 2) expect(name).toMatch(/^(GET|POST|HEAD) (\/[\w./[\]-]*)?$/);
    }
  });

  await test.step('the trace of the widget is the one that the document draws', () => {
    const drawn = `<!-- trace -->\n\`\`\`text\n${draw(trace).join('\n')}\n\`\`\`\n<!-- end -->`;
    const document = readFileSync(DOCUMENT, 'utf8');
    const current = /<!-- trace -->[\s\S]*?<!-- end -->/.exec(document)?.[0] ?? '';
    if (process.env.UPDATE_DOCUMENTS)
      writeFileSync(
        DOCUMENT,
        document.replace(current, () => drawn),
      );
    else expect(outline(current)).toEqual(outline(drawn));
  });

  await test.step('KunaCore gets the trace, the log names it, and a stranger does not choose it', () => {
    const token = calls.find(({ path }) => path === '/v2/ramp/token');
    expect(token?.headers.traceparent).toMatch(new RegExp(`^00-${trace[0]?.traceId}-[\\da-f]{16}-01$`));
    const lines = output.split('\n').flatMap((line) => (line.startsWith('{') ? [JSON.parse(line)] : []));
    const request = lines.find(({ event, route }) => event === 'request' && route === '/account/buy/frame');
    expect(request).toMatchObject({ method: 'GET', status: 303, ms: expect.any(Number) });
    expect(spans.map(({ traceId }) => traceId)).toContain(request.trace_id);
    expect(JSON.stringify([spans, lines])).not.toContain(FOREIGN_TRACE);
  });

  await test.step('nothing about the person, and no secret, was exported or logged', () => {
    const typed = ['Olena', 'Shevchenko', '380991234567', 'FE123456', 'Telemetry St', 'campaign-of-a-stranger'];
    const personal = [...typed, email, customer?.id, customer?.walletId, customer?.externalId];
    const exported = Buffer.concat(receiver.bodies).toString('latin1');
    for (const value of [...secrets, ...personal]) {
      expect(value?.length, 'a canary').toBeGreaterThan(4);
      expect(exported.toLowerCase()).not.toContain(value?.toLowerCase());
    }
    for (const value of ['code=', 'state=', 'institutionId', 'refreshToken', '@example.com'])
      expect(exported).not.toContain(value);
    const accessLines = output.split('\n').filter((line) => line.includes('"event":"request"'));
    expect(accessLines.length).toBeGreaterThan(5);
    for (const value of [...secrets, ...personal]) expect(accessLines.join('\n')).not.toContain(value ?? '?');
  });
});

/** What every purchase leaves. */
const DOCUMENTED = [
  'kuna_portal.issue_token',
  'kuna_portal.lease',
  'kuna_portal.hand_over',
  'kuna_portal.create_customer',
  'kuna_portal.revoke',
  'kuna_portal.provider',
  'kuna_portal.kyc_source',
  'GET /account/buy/frame',
  'POST /v2/customer/create',
  'POST /v2/ramp/token',
  'POST /v2/ramp/invalidate',
  'http.server.request.duration',
  'http.client.request.duration',
  'db.client.operation.duration',
  'kuna_portal.widget.time_to_frame',
  'kuna_portal.token.issue.duration',
  'kuna_portal.revoke.latency',
  'kuna_portal.revocations.pending',
  'kuna_portal.revocations.oldest_age',
  'kuna_portal.sign_ins',
  'kuna_portal.outbox.pending',
  'kuna_portal.outbox.oldest_age',
  'kuna_portal.reconciler.round_age',
  'kuna_portal.audit.unsealed',
];
