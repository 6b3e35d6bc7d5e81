import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseEnv } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { contractSchema } from '@/lib/kunacore/contract';
import { readContractSwitches } from '../sandbox/kunacore/contract';
import { startServers, type TestServers } from './kunacore-contract/test-servers';

const SAMPLE = parseEnv(readFileSync('.env.example', 'utf8')) as Record<string, string>;

let servers: TestServers;
beforeAll(async () => {
  servers = await startServers();
});
afterAll(() => servers.close());

/** Runs the command as npm does, without a terminal. */
async function run(
  settings: Record<string, string>,
  ...args: string[]
): Promise<{ code: number | null; output: string }> {
  const tsx = ['--import', 'tsx', 'scripts/check-kunacore.ts', ...args];
  const env = { ...process.env, ...SAMPLE, ...settings, TSX_TSCONFIG_PATH: 'scripts/tsconfig.json' };
  const child = spawn(process.execPath, tsx, { env, stdio: ['ignore', 'pipe', 'pipe'] });
  const chunks: string[] = [];
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => chunks.push(String(chunk)));
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, output: chunks.join('') };
}

test('refuses what the portal refuses, and writes to no foreign host without a terminal', async () => {
  const [both, foreign] = await Promise.all([
    run({ KUNACORE_LOGIN: 'partner' }),
    run({ KUNACORE_API_URL: 'https://api.kuna.example' }, '--write'),
  ]);
  expect(both).toMatchObject({ code: 1, output: expect.stringContaining('choose one way to authenticate') });
  expect(foreign).toMatchObject({ code: 1, output: expect.stringContaining('Nothing was sent to api.kuna.example') });
});

test('writes a file that the sandbox follows, and finds a change the next time', async () => {
  const { core, apiUrl, widgetUrl, institutionId } = servers;
  const settings = {
    KUNACORE_API_URL: apiUrl,
    KUNACORE_API_KEY: 'key-1',
    KUNACORE_WIDGET_URL: widgetUrl,
    KUNACORE_INSTITUTION_ID: institutionId,
  };
  const out = path.join(mkdtempSync(path.join(tmpdir(), 'contract-')), 'kunacore.contract.json');
  const args = ['--write', '--browser', 'off', '--out', out];
  await core.control('POST', 'switches', { duplicateEmail: 422 });
  expect(await run(settings, ...args)).toMatchObject({ code: 0, output: expect.stringContaining(`Written to ${out}`) });
  expect(contractSchema.parse(JSON.parse(readFileSync(out, 'utf8')))).toMatchObject({ mode: 'write' });
  expect(readContractSwitches(out).switches.duplicateEmail).toBe(422);
  await core.control('POST', 'switches', { duplicateEmail: 400 });
  const again = await run(settings, ...args);
  expect(again.output).toContain('changed duplicateEmail: 422 → 400');
  expect(again.code).toBe(1);
});
