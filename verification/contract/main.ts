// npm run --prefix verification contract: `check:kunacore` against every value of every switch of the sandbox, alone, and
// against every pair of answers of the KunaCore written from the documentation alone; the questions about the widget in
// a browser; and frames that refuse, ask for features and open windows. Prints a line for each and the figures.
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createReferenceKunaCore } from '../../e2e/reference-kunacore/server';
import { pairwiseCombinations } from '../../e2e/reference-kunacore/switches';
import type { Config } from '../../lib/config/config';
import { DEFAULT_SWITCHES, type Switches, switchesSchema } from '../../sandbox/kunacore/switches';
import { browserOpen, openBrowser } from '../../scripts/kunacore-contract/browser-open';
import { lookAtFrame } from '../../scripts/kunacore-contract/frame';
import { Notebook } from '../../scripts/kunacore-contract/notebook';
import { plainOpen } from '../../scripts/kunacore-contract/plain-open';
import { checkContract } from '../../scripts/kunacore-contract/run';
import type { Open } from '../../scripts/kunacore-contract/screens';
import { encryptionFor, prepare, startServers } from '../../scripts/kunacore-contract/test-servers';

const ofWidget: (keyof Switches)[] = ['newToken', 'secondOpening', 'otherUserAgent'];
const IN_OTHER_WORDS: Record<string, unknown> = { leaves: 'leaves-earlier', 'ends earlier': 'ends-earlier' };

const browser = await openBrowser();
const servers = await startServers();
let [passed, failed] = [0, 0];

try {
  for (const [name, value] of everySwitch()) await trySwitch(name, value);
  for (const combination of pairwiseCombinations()) await tryReference(combination, plainOpen);
  for (const answer of ['leaves', 'ends earlier'] as const) {
    const [first] = pairwiseCombinations();
    if (first) await tryReference({ ...first, newToken: answer }, (url) => browserOpen(browser, url));
  }
  await tryFrames();
} finally {
  await Promise.all([browser.close(), servers.close()]);
}
console.log(`${passed} of ${passed + failed} as expected`);
process.exit(failed === 0 ? 0 : 1);

function everySwitch(): [keyof Switches, unknown][] {
  const { shape } = switchesSchema.unwrap();
  const names = Object.keys(DEFAULT_SWITCHES) as (keyof Switches)[];
  return names.flatMap((name) =>
    shape[name].options.map((option): [keyof Switches, unknown] => [
      name,
      typeof option === 'object' ? [...option.values][0] : option,
    ]),
  );
}

async function trySwitch(name: keyof Switches, value: unknown): Promise<void> {
  const { core, apiUrl, credentials, widgetUrl, institutionId } = servers;
  const kunaBlocked = await prepare(core, { [name]: value });
  const open = ofWidget.includes(name) ? browserOpen(browser, widgetUrl) : plainOpen(widgetUrl);
  const { contract, findings } = await checkContract({
    apiUrl,
    credentials,
    encryption: encryptionFor({ [name]: value }),
    widget: { open, institutionId },
    write: { mailDomain: 'example.com', block: true, kunaBlocked },
    given: name === 'paymentPage' ? { paymentPage: String(value) } : {},
  });
  const isRight = contract.answers[name]?.answer === value && findings.every(({ kind }) => kind !== 'failed');
  report(`sandbox, ${name}=${value}`, isRight, contract.answers[name]?.evidence);
}

async function tryReference(
  switches: ReturnType<typeof pairwiseCombinations>[number],
  openAt: (widgetUrl: string) => Open,
): Promise<void> {
  const reference = createReferenceKunaCore(switches);
  try {
    const { apiUrl, widgetUrl } = await reference.listen();
    const { contract, findings } = await checkContract({
      apiUrl,
      encryption: encryptionFor(switches),
      credentials: { kind: 'login', merchantId: 'm2', login: 'l2', password: 'p2' },
      widget: { open: openAt(widgetUrl), institutionId: 'i2' },
      write: { mailDomain: 'example.com', block: true, kunaBlocked: undefined },
      given: {},
    });
    const wrong = Object.entries(switches).filter(
      ([name, value]) => contract.answers[name]?.answer !== (IN_OTHER_WORDS[String(value)] ?? value),
    );
    const isRight = wrong.length === 0 && findings.every(({ kind }) => kind !== 'failed');
    report(`reference, ${Object.values(switches).join(' ')}`, isRight, wrong.map(([name]) => name).join(', '));
  } finally {
    await reference.close();
  }
}

/** Widgets by their headers and script, and the answers that are expected. */
async function tryFrames(): Promise<void> {
  const csp = (value: string) => ({ 'content-security-policy': value });
  const asks = 'navigator.geolocation.getCurrentPosition(() => {}, () => {}); window.open("/more")';
  const expected: [string, Record<string, string>, string, Record<string, unknown>][] = [
    [
      'no header',
      {},
      '',
      { framing: 'allowed', widgetFeatures: [], widgetPopups: false, widgetFits: true, widgetConsoleErrors: 0 },
    ],
    ['x-frame-options', { 'x-frame-options': 'DENY' }, '', { framing: 'refused' }],
    ['frame-ancestors of another', csp('frame-ancestors https://other.example'), '', { framing: 'refused' }],
    ['frame-ancestors of the portal', csp('frame-ancestors http://localhost:3000'), '', { framing: 'allowed' }],
    ['features and a window', {}, asks, { widgetFeatures: ['geolocation'], widgetPopups: true }],
    ['a message', {}, 'parent.postMessage({ type: 1, payload: 2 }, "*")', { widgetMessages: ['payload,type'] }],
    ['a wide page', {}, 'document.body.style.minWidth = "900px"', { widgetFits: false }],
    ['an error', {}, 'console.error("x")', { widgetConsoleErrors: 1 }],
  ];
  for (const [name, headers, script, answers] of expected) {
    const server = createServer((_, response) => {
      response
        .writeHead(200, { 'content-type': 'text/html', ...headers })
        .end(`<p>Widget</p><script>${script}</script>`);
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const notebook = new Notebook();
    const widget = { url: `${origin}/`, origin, institutionId: 'i', features: ['payment'] };
    await lookAtFrame(browser, { portalOrigin: 'http://localhost:3000', widget } as unknown as Config, notebook);
    const found = Object.fromEntries([...notebook.answers].map(([question, { answer }]) => [question, answer]));
    const wrong = Object.keys(answers).filter((key) => JSON.stringify(found[key]) !== JSON.stringify(answers[key]));
    report(`frame, ${name}`, wrong.length === 0, wrong.map((key) => `${key} ${found[key]}`).join(', '));
    server.close().closeAllConnections();
  }
}

function report(name: string, isRight: boolean, evidence = ''): void {
  if (isRight) passed += 1;
  else failed += 1;
  console.log(`${isRight ? 'ok' : 'failed'}  ${name}${evidence ? `  (${evidence})` : ''}`);
}
