import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const OLENA = {
  email: 'olena@example.test',
  firstName: 'Olena',
  lastName: 'Shevchenko',
  country: 'UA',
  verificationDocumentId: '001234567',
  residenceAddress: '1 Khreshchatyk, Kyiv',
};

test('the program starts with the switches of its environment and obeys /__control/', async () => {
  const main = fileURLToPath(new URL('./main.ts', import.meta.url));
  const env = {
    ...process.env,
    REFERENCE_SWITCHES: '{"successCode":200}',
    REFERENCE_API_PORT: '',
    REFERENCE_WIDGET_PORT: '',
  };
  const program = spawn(process.execPath, ['--import', 'tsx', main], { env, stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = once(program, 'exit');
  try {
    const lines: string[] = [];
    for await (const line of createInterface({ input: program.stdout })) {
      lines.push(line);
      if (line === 'reference KunaCore ready') break;
    }
    const api = /http:\S+\d/.exec(lines[0] ?? '')?.[0];
    const create = () =>
      fetch(`${api}/v2/customer/create`, {
        method: 'POST',
        headers: { 'api-key': 'reference-kunacore-key', 'content-type': 'application/json' },
        body: JSON.stringify(OLENA),
      });
    const control = (name: string, body?: string) => fetch(`${api}/__control/${name}`, { method: 'POST', body });
    expect((await create()).status).toBe(200);
    expect((await control('switches', '{"duplicateEmail":422}')).status).toBe(200);
    expect((await create()).status).toBe(422);
    expect((await control('switches', '{"duplicateEmail":404}')).status).toBe(400);
    const calls = await (await fetch(`${api}/__control/calls`)).json();
    expect(calls).toMatchObject([{ status: 200 }, { status: 422, body: OLENA }]);
    expect((await control('reset')).status).toBe(200);
    expect((await create()).status).toBe(200);
  } finally {
    program.kill('SIGTERM');
  }
  expect(await ended).toEqual([0, null]);
});
