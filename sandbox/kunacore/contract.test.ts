import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';
import { ConfigError, readConfig } from '../config';
import { readContractSwitches } from './contract';
import { createKunaCore } from './kunacore';
import { DEFAULT_SWITCHES } from './switches';
import { CREDENTIALS } from './test-kunacore';

function fileWith(answers: Record<string, unknown>): string {
  const file = path.join(mkdtempSync(path.join(tmpdir(), 'contract-')), 'kunacore.contract.json');
  const entries = Object.entries(answers).map(([name, answer]) => [name, { answer, evidence: 'seen' }]);
  writeFileSync(file, JSON.stringify({ version: 1, host: 'api.example', answers: Object.fromEntries(entries) }));
  return file;
}

test('takes the answers that are switches, and names those that are not known', () => {
  const file = fileWith({
    findShape: 'wrapped',
    duplicateEmail: 422,
    newToken: null,
    kunasBlock: 418,
    tokenLifetime: 60,
  });
  const { host, switches, unknown } = readContractSwitches(file);
  expect(host).toBe('api.example');
  expect(switches).toEqual({ ...DEFAULT_SWITCHES, findShape: 'wrapped', duplicateEmail: 422 });
  expect(unknown).toEqual(expect.arrayContaining(['newToken', 'kunasBlock', 'successCode']));
  expect(unknown).not.toContain('findShape');
});

test('SANDBOX_CONTRACT must be such a file', () => {
  expect(readConfig({}).contract).toBeNull();
  expect(readConfig({ SANDBOX_CONTRACT: fileWith({ successCode: 200 }) }).contract?.switches.successCode).toBe(200);
  expect(() => readConfig({ SANDBOX_CONTRACT: 'package.json' })).toThrow(ConfigError);
});

test('a reset returns to the switches of the file', async () => {
  const switches = { ...DEFAULT_SWITCHES, successCode: 200 } as const;
  const { server, close } = createKunaCore({ ...CREDENTIALS, institutionId: 'i', switches });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const { port } = server.address() as { port: number };
  await fetch(`http://127.0.0.1:${port}/__control/reset`, { method: 'POST' });
  const response = await fetch(`http://127.0.0.1:${port}/__control/switches`);
  expect(await response.json()).toEqual(switches);
  await close();
});
