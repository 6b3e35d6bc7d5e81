// Follows docs/kyc.md: adds the second source as the page says, checks its types and asks it.
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { parseEnv } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { KycSource } from '@/lib/kyc/source';

/** A copy of `lib`, in which the page is followed. Inside the project, so that packages are found. */
const COPY = path.resolve('test-results', 'kyc-document');
const page = readFileSync('docs/kyc.md', 'utf8');

/** Returns the block of code after a mark of the page. */
function block(mark: string): string {
  const [, code] = page.split(`<!-- ${mark} -->\n\`\`\`ts\n`);
  if (!code) throw new Error(`docs/kyc.md has no block "${mark}"`);
  return code.slice(0, code.indexOf('```'));
}

/** Adds lines, unless the project has followed the page already. */
function addAfter(file: string, line: string, added: string): void {
  const text = readFileSync(file, 'utf8');
  if (!text.includes(added)) writeFileSync(file, text.replace(line, line + added));
}

const PERSON = {
  forename: 'Olena',
  surname: 'Kovalenko',
  passport: 'FE123456',
  home: { country: 'UA', line: '12 Khreshchatyk St, Kyiv' },
};
const RECORDS: Record<string, object> = {
  olena: { id: 'olena', identifiedOn: '2026-03-02', person: PERSON },
  maksym: { id: 'maksym', identifiedOn: '2026-03-02', person: { ...PERSON, passport: undefined } },
  taras: { id: 'another', identifiedOn: '2026-03-02', person: PERSON },
  broken: { id: 'broken', person: PERSON },
};
const keys = new Set<unknown>();
const server = createServer((request, response) => {
  keys.add(request.headers['x-api-key']);
  const record = RECORDS[request.url?.replace('/api/customers/', '') ?? ''];
  response.writeHead(record ? 200 : 404).end(JSON.stringify(record ?? {}));
});

beforeAll(async () => {
  rmSync(COPY, { recursive: true, force: true });
  mkdirSync(COPY, { recursive: true });
  cpSync('lib', path.join(COPY, 'lib'), { recursive: true, filter: (file) => !file.includes('.test.') });
  writeFileSync(path.join(COPY, 'lib/kyc/core-banking.ts'), block('file: lib/kyc/core-banking.ts'));
  const sources = path.join(COPY, 'lib/kyc/sources.ts');
  addAfter(sources, "import type { KycSource } from './source';\n", block('import: lib/kyc/sources.ts'));
  addAfter(sources, '  form: () => formSource,\n', block('line: lib/kyc/sources.ts'));
  await once(server.listen(0, '127.0.0.1'), 'listening');
});
afterAll(() => {
  server.close();
  rmSync(COPY, { recursive: true, force: true });
});

test('the second source of docs/kyc.md has the right types', () => {
  const settings = {
    extends: '../../tsconfig.json',
    compilerOptions: { noEmit: true, incremental: false, plugins: [], paths: { '@/*': ['./*'] } },
    include: ['lib/kyc/sources.ts', 'lib/i18n/types.d.ts'],
    exclude: [],
  };
  writeFileSync(path.join(COPY, 'tsconfig.json'), JSON.stringify(settings));
  const compile = () => execFileSync('node_modules/.bin/tsc', ['-p', COPY], { encoding: 'utf8', stdio: 'pipe' });
  expect(compile()).toBe('');
}, 120_000);

test('the second source of docs/kyc.md is chosen by its name and answers as the page says', async () => {
  const sample = parseEnv(readFileSync('.env.example', 'utf8'));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/api`;
  Object.assign(process.env, sample, { KYC_SOURCE: 'core-banking', KYC_URL: url, KYC_TOKEN: 'its-key' });
  const sources = (await import(path.join(COPY, 'lib/kyc/sources.ts'))) as { kycSource(): KycSource };
  const find = (subject: string | null) => sources.kycSource().find({ subject, email: 'o@example.com', claims: {} });
  expect(await find('olena')).toMatchObject({
    state: 'verified',
    fields: { documentNumber: { value: 'FE123456', from: 'Core banking', verifiedAt: new Date('2026-03-02') } },
  });
  expect(await find('maksym')).toMatchObject({ state: 'partial' });
  expect(await find('unknown')).toEqual({ state: 'none' });
  expect(await find(null)).toEqual({ state: 'none' });
  expect(await find('taras')).toEqual({ state: 'unavailable' });
  expect(await find('broken')).toEqual({ state: 'unavailable' });
  expect([...keys]).toEqual(['its-key']);
});
