// Compares docs/security.md and docs/security-reference.md with the code. `npm run --prefix verification links` checks links.
// ASVS 5.0: 2.1.3 6.1.1 6.1.3 7.1.1 8.1.2 11.1.1 11.1.2 13.1.1 14.1.1 14.1.2 15.1.3 16.1.1
import { readFileSync } from 'node:fs';
import { parseEnv } from 'node:util';
import { getTableColumns, getTableName, is } from 'drizzle-orm';
import { PgTable } from 'drizzle-orm/pg-core';
import { expect, test } from 'vitest';
import { DETAIL_FIELDS } from '@/lib/customers/detail-fields';
import * as schema from '@/lib/db/schema';
import { LONGEST_BODY } from '@/lib/http/request-guard';
import { DEFAULT_DEADLINES } from '@/lib/kunacore/deadlines';
import { RATE_LIMITS } from '@/lib/rate-limits/limits';
import { authOptions } from '@/lib/sign-in/options';
import { productionSources } from '@/tests/sources';
import { linksOf } from './links';

const text = ['docs/security.md', 'docs/security-reference.md'].map((file) => readFileSync(file, 'utf8')).join('\n');
const settings = parseEnv(readFileSync('.env.example', 'utf8')) as Record<string, string>;
// The portal's configuration is read on first use.
// They describe every feature, whatever the samples turn off.
Object.assign(process.env, settings, { SIGN_IN_LINKS: 'on' });

/** Returns the cells of every row below each table head that begins with these words. Fails without a row. */
function rowsBelow(...head: string[]): string[][] {
  const lines = text.split('\n');
  const rows: string[][] = [];
  for (const [at, line] of lines.entries()) {
    if (!head.every((word, index) => cellsOf(line)[index] === word)) continue;
    for (let next = at + 2; lines[next]?.startsWith('|'); next += 1) rows.push(cellsOf(lines[next] ?? ''));
  }
  expect(rows.length, `rows below | ${head.join(' | ')}`).toBeGreaterThan(0);
  return rows;
}

function cellsOf(line: string): string[] {
  return line.startsWith('|')
    ? line
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim())
    : [];
}

/** Returns the texts in backquotes. */
function quoted(cell = ''): string[] {
  return [...cell.matchAll(/`([^`]+)`/g)].map(([, name = '']) => name);
}

/** Returns the names in the first column. */
const namesBelow = (...head: string[]) => rowsBelow(...head).flatMap(([first]) => quoted(first));

const sources = productionSources();

function matchesInSources(pattern: RegExp): string[] {
  return [...sources.values()].flatMap((source) => [...source.matchAll(pattern)].map(([, found = '']) => found));
}

test('the documented rate limits are those of the code', () => {
  const written = rowsBelow('limit').map(([name, uses, seconds]) => [
    quoted(name)[0],
    { uses: Number(uses), seconds: Number(seconds) },
  ]);
  expect(Object.fromEntries(written)).toEqual(RATE_LIMITS);
  expect(text).toContain(`Any body over ${LONGEST_BODY / 1024} KiB is refused`);
});

test('the documented session lifetimes are those of .env.example', () => {
  const written = rowsBelow('what', 'how long').map(([, time = '', name]) => [quoted(name)[0], time.split(' ')[0]]);
  const named = Object.entries(settings).filter(([name]) => name.startsWith('SESSION_'));
  expect(Object.fromEntries(written)).toEqual(Object.fromEntries(named));
});

test('documents exactly the ways to sign in of the code, each with its setting', () => {
  const ways = authOptions({ id: 'oidc' } as never).providers.map(({ id }) => id);
  expect(namesBelow('way').sort()).toEqual(ways.sort());
  for (const [, setting] of rowsBelow('way')) expect(settings).toHaveProperty(quoted(setting));
});

test('documents exactly the columns of the schema, each with a class and readers', () => {
  const tables = Object.values(schema).filter((value) => is(value, PgTable));
  const columns = tables.flatMap((table) =>
    Object.values(getTableColumns(table)).map(({ name }) => `${getTableName(table)}.${name}`),
  );
  const rows = rowsBelow('table', 'columns');
  const written = rows.flatMap(([table, names]) => quoted(names).map((name) => `${quoted(table)[0]}.${name}`));
  expect(written.sort()).toEqual(columns.sort());
  const readers = ['none', 'the person', 'operators', 'KunaCore'];
  for (const [table, names, , by = '', gone] of rows) {
    expect(readers, `${table} ${names}`).toEqual(expect.arrayContaining(by.split(', ')));
    expect(gone, `${table} ${names}`).not.toBe('');
  }
});

test('documents the rules of every class of data', () => {
  const classes = rowsBelow('class', 'how it is kept');
  const used = new Set(rowsBelow('table', 'columns').map(([, , name]) => name));
  expect(classes.map(([name]) => name)).toEqual(['secret', 'personal', 'internal', 'public']);
  for (const name of used) expect(classes.map(([known]) => known)).toContain(name);
  for (const rules of classes) expect(rules.filter(Boolean)).toHaveLength(4);
});

test('every verification detail is classified as personal', () => {
  const columns = getTableColumns(schema.details);
  const personal = rowsBelow('table', 'columns').filter(
    ([table, , name]) => table === '`details`' && name === 'personal',
  );
  const written = personal.flatMap(([, names]) => quoted(names));
  expect(written.sort()).toEqual(DETAIL_FIELDS.map((field) => columns[field].name).sort());
});

test('documents exactly the audit events of the code', () => {
  const [declared = '', ...others] = [...sources.values()].filter((text) => text.includes('export type AuditEvent ='));
  expect(others).toEqual([]);
  const events = [...declared.matchAll(/\bevent: '(\w+)'/g)].map(([, name]) => name);
  expect(namesBelow('event in the audit log').sort()).toEqual(events.sort());
});

test('documents exactly the log events of the code', () => {
  const audited = namesBelow('event in the audit log');
  const logged = matchesInSources(/\blog(?:\(\))?\.(?:fatal|error|warn|info|debug)\(\s*\{\s*event: ([^,}]+)/g).flatMap(
    (expression) => [...expression.matchAll(/'(\w+)'/g)].map(([, name = '']) => name),
  );
  const others = matchesInSources(/\bevent: '(\w+)'/g).filter((name) => !audited.includes(name));
  expect(namesBelow('event in the log')).toEqual([...new Set([...logged, ...others])].sort());
});

test('documents exactly the rooms that use cryptography', () => {
  const use = /from '(?:node:crypto|jose)'|\bcrypto\.(?:randomUUID|subtle|getRandomValues)/;
  const rooms = [...sources].filter(([, text]) => use.test(text)).map(([file]) => roomOf(file));
  const written = rowsBelow('use', 'algorithm').flatMap(([, , , room]) => quoted(room));
  expect([...new Set(written)].sort()).toEqual([...new Set(rooms)].sort());
});

/** Returns the folder of lib, or the file or folder at the root. */
function roomOf(file: string): string {
  const [top = '', room = ''] = file.split('/');
  return top === 'lib' ? `${top}/${room}` : top;
}

test('documents how to replace exactly the keys and passwords among the settings', () => {
  const secrets = Object.keys(settings).filter((name) =>
    /(SECRET|(?<!PUBLIC_)KEYS?|PASSWORD|TOKEN|HEADERS)$/.test(name),
  );
  expect(namesBelow('setting', 'how it is replaced').sort()).toEqual(secrets.sort());
});

test('documents exactly the settings with an address as connections', () => {
  const addresses = Object.keys(settings).filter((name) =>
    /_(URL|ISSUER|SERVER|ENDPOINT|PROMETHEUS_PORT)$|^(NEXTAUTH_URL|HTTPS_PROXY)$/.test(name),
  );
  const alike = Object.keys(settings).filter((name) => /:\/\//.test(settings[name] ?? ''));
  expect(addresses).toEqual(expect.arrayContaining(alike));
  const written = rowsBelow('direction', 'with').flatMap(([, , setting]) => quoted(setting));
  expect(written.sort()).toEqual(addresses.sort());
});

test('documents every rate limit at a costly function, and every deadline of a KunaCore call', () => {
  const held = rowsBelow('function', 'what it costs').flatMap(([, , by]) => quoted(by));
  expect(held.sort()).toEqual(Object.keys(RATE_LIMITS).sort());
  const calls = rowsBelow('call of KunaCore').map(([call, seconds]) => [quoted(call)[0], Number(seconds) * 1000]);
  expect(Object.fromEntries(calls)).toEqual(DEFAULT_DEADLINES);
});

test('lists every threat from T1 to T43 once, with a link to its defence', () => {
  const threats = rowsBelow('id', 'threat');
  expect(threats.map(([id]) => id)).toEqual(Array.from({ length: 43 }, (_, index) => `T${index + 1}`));
  for (const [id, , against = ''] of threats) expect(linksOf(against), id).not.toEqual([]);
});

test('names only npm scripts that exist', () => {
  const scriptsOf = (file: string) =>
    (JSON.parse(readFileSync(file, 'utf8')) as { scripts: Record<string, string> }).scripts;
  const scripts = { ...scriptsOf('package.json'), ...scriptsOf('verification/package.json') };
  const commands = [...text.matchAll(/`npm (?:run )?(?:--prefix verification )?([\w:]+)/g)].map(
    ([, name = '']) => name,
  );
  expect(commands.filter((name) => !(name in scripts))).toEqual([]);
});

test("the frame's sandbox allows only what it needs [T7]", () => {
  const frames = [...sources.values()].flatMap((text) => [...text.matchAll(/<iframe\b[\s\S]*?\/>/g)]);
  expect(frames.map(([element]) => /\bsandbox="([^"]*)"/.exec(element)?.[1])).toEqual([
    // docs/decisions/080-payment-pages.md weighs the last two.
    'allow-scripts allow-same-origin allow-forms allow-popups allow-popups-to-escape-sandbox allow-storage-access-by-user-activation',
  ]);
});

test('no page listens for messages of other windows [T8]', () => {
  const listens = /addEventListener\(\s*['"]message['"]|\bonmessage\b/;
  const listening = [...sources.values()].filter((text) => listens.test(text));
  expect(listening).toHaveLength(1);
  // The portal's own tabs alone.
  expect(listening[0]).toContain('new BroadcastChannel(');
});

test('lists every ASVS requirement once, with a reason if it does not apply', () => {
  const items = JSON.parse(readFileSync('docs/asvs.json', 'utf8')) as Requirement[];
  expect(new Set(items.map(({ id }) => id)).size).toBe(items.length);
  // ASVS 5.0.0: 70 requirements of level 1, 183 of level 2.
  expect([1, 2].map((level) => items.filter((item) => item.level === level).length)).toEqual([70, 183]);
  for (const { id, requirement, applies, why } of items) {
    expect(requirement, id).toBeTruthy();
    expect(applies || why, id).toBeTruthy();
  }
});

interface Requirement {
  id: string;
  level: number;
  requirement: string;
  applies: boolean;
  why?: string;
}
