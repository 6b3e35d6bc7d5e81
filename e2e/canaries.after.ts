// Runs after all other tests: searches for secrets and personal data that they left behind.
// ASVS 5.0: 3.3.4 10.1.1 13.3.1 14.2.3 14.2.4 14.3.3 16.2.4 16.2.5
import { readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { expect, type Page, test } from '@playwright/test';
import { Client } from 'pg';
import { openWidget, readyToBuy, widgetAddress } from './portal';
import { person } from './sandbox';
import { addressesOf, dataDirectory, folderOf, LANES, logFile, portalEnvironment } from './stack';

const environment = portalEnvironment('portal');
const SECRETS = ['NEXTAUTH_SECRET', 'KUNACORE_API_KEY', 'OIDC_CLIENT_SECRET', 'PII_KEYS'].map(
  (name) => environment[name]?.split(':').at(-1) ?? '',
);
/** Personal data that the tests type or the identity provider sends: numbers, addresses, names, mailboxes. */
const PERSONAL = [
  'FE123456',
  '+38050000',
  ' Sample St',
  'customer45@example.com',
  'operator@example.com',
  'Khreshchatyk',
];
/** The `sub` values of the sandbox's identity provider. Other providers use a national number. */
const SUBJECT = /sample-\d+|olena-kovalenko|maksym-bondar|giulia-rossi/;
// Tokens, sealed or not, begin with an encoded `{"al`, `{"ty`, `{"en`, `{"ki` or `{"ct`. A shorter prefix would match
// ciphertexts by chance.
const TOKEN = /eyJ(hbG|0eX|lbm|raW|jdH)[\w-]{6,}\.[\w-]+/;

function filesIn(directory: string): string[] {
  return readdirSync(directory, { recursive: true, encoding: 'utf8' })
    .map((name) => path.join(directory, name))
    .filter((file) => statSync(file, { throwIfNoEntry: false })?.isFile());
}

function found(where: string, text: string, what: string[]): string[] {
  return what.filter((canary) => text.includes(canary)).map((canary) => `${canary} in ${where}`);
}

test('the search finds the canaries where they are allowed', async () => {
  expect(SECRETS.every((secret) => secret.length > 10)).toBe(true);
  expect(found('here', readFileSync('.env.example', 'utf8'), SECRETS)).toHaveLength(SECRETS.length);
  const calls = LANES.map((lane) => fetch(`${addressesOf(lane).sandbox.api}/__control/calls`));
  const sandboxLog = (await Promise.all((await Promise.all(calls)).map((response) => response.text()))).join();
  expect(found('KunaCore', sandboxLog, PERSONAL)).not.toEqual([]);
});

test('no secret is in what browsers load [T31]', () => {
  const files = [...filesIn('.next/static'), ...filesIn('public')];
  expect(files.length).toBeGreaterThan(20);
  const hits = files.flatMap((file) => found(file, readFileSync(file, 'latin1'), [...SECRETS, ...PERSONAL]));
  expect(hits).toEqual([]);
  expect(files.filter((file) => file.endsWith('.map'))).toEqual([]);
});

test('no secret, token or personal data is in any log, and every line is one event [T4]', () => {
  const logs = LANES.flatMap((lane) => filesIn(folderOf(lane))).filter((name) => name.endsWith('portal.log'));
  for (const lane of LANES) expect(logs).toContain(logFile('portal', lane));
  for (const name of logs) {
    const lines = stripVTControlCharacters(readFileSync(name, 'utf8')).split('\n');
    const events = lines.filter((line) => line.startsWith('{'));
    // Next prints these lines at its start, before our code runs.
    const others = lines.filter((line) => line.trim() && !line.startsWith('{') && !/^( *[▲✓-]|$)/.test(line));
    expect(others, name).toEqual([]);
    for (const event of events) expect(JSON.parse(event), name).toHaveProperty('event');
    expect(found(name, lines.join('\n'), [...SECRETS, ...PERSONAL]), name).toEqual([]);
    expect(lines.join('\n'), name).not.toMatch(TOKEN);
    expect(lines.join('\n'), name).not.toMatch(SUBJECT);
    expect(lines.join('\n'), name).not.toContain('refreshToken=');
  }
});

test('no secret, token or personal data is in a plain copy of the database [T36]', async () => {
  const copies = await Promise.all(LANES.map(copyOf));
  const copy = copies.join('\n');
  // Proves that the search reads the real data: events and sealed values are found.
  expect(/v1\.\w+\.[\w-]{16}\./.test(copy) && copy.includes('authn_token_created')).toBe(true);
  expect(SUBJECT.exec(copy)?.[0]).toBeUndefined();
  expect(found('the database', copy, [...SECRETS, ...PERSONAL])).toEqual([]);
  expect(TOKEN.exec(copy)?.[0].slice(0, 12)).toBeUndefined();
});

if (!environment.DATABASE_URL)
  test('the embedded database can be entered by its owner alone [T36]', () => {
    const directory = dataDirectory('portal');
    for (const folder of [directory, path.join(directory, 'database')])
      expect((statSync(folder).mode & 0o777).toString(8), folder).toBe('700');
  });

/** Returns a plain copy of the portal's database in a lane. */
async function copyOf(lane: number): Promise<string> {
  const url = portalEnvironment('portal', lane).DATABASE_URL;
  return url ? dump(url) : rawFiles(dataDirectory('portal', lane));
}

/** Returns the rows of every table. */
async function dump(url: string): Promise<string> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    const tables = await client.query("select tablename from pg_tables where schemaname = 'public'");
    const rows: string[] = [];
    for (const { tablename } of tables.rows) {
      const { rows: all } = await client.query(`select row_to_json(t)::text as row from "${tablename}" t`);
      rows.push(...all.map(({ row }: { row: string }) => row));
    }
    return rows.join('\n');
  } finally {
    await client.end();
  }
}

/** Returns the files of the embedded database, write-ahead log included. */
function rawFiles(directory: string): string {
  return filesIn(directory)
    .map((file) => readFileSync(file, 'latin1'))
    .join('\n');
}

test('no secret and no token is in any page, payload or storage of a signed-in person [T2]', async ({ page }) => {
  await readyToBuy(page, person(50).sub);
  await openWidget(page);
  const token = new URL(widgetAddress(page)).searchParams.get('refreshToken') ?? '';
  expect(token).toMatch(TOKEN);
  for (const address of [
    '/account',
    '/account/buy',
    '/account/details',
    '/account/activity',
    '/account/devices',
    '/account/messages',
  ])
    for (const headers of [{}, { rsc: '1' }] as Record<string, string>[]) {
      const text = await (await page.request.get(address, { headers })).text();
      expect(found(address, text, [...SECRETS, token])).toEqual([]);
      expect(text, address).not.toMatch(TOKEN);
    }
  const stored = await storageOf(page);
  expect(stored).toContain('cookies:');
  expect(found('storage', stored, [...SECRETS, ...PERSONAL, token])).toEqual([]);
  expect(stored).not.toMatch(TOKEN);
});

/** Returns everything that scripts of the page can read later, or that stays after the tab is closed. */
function storageOf(page: Page): Promise<string> {
  return page.evaluate(async () => {
    const databases = await indexedDB.databases();
    const cached: string[] = [];
    for (const name of await caches.keys()) {
      const cache = await caches.open(name);
      for (const request of await cache.keys())
        cached.push(request.url, (await (await cache.match(request))?.text()) ?? '');
    }
    const resources = performance.getEntriesByType('resource').map(({ name }) => name);
    return JSON.stringify([
      `cookies:${document.cookie}`,
      { ...localStorage },
      { ...sessionStorage },
      databases,
      cached,
      resources,
    ]);
  });
}
