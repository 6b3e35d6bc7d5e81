import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { expect, test } from 'vitest';

/** A process of its own that watches itself and then does `work`. */
async function run(work: string): Promise<{ signal: unknown; said: string }> {
  const source = `
    import { watchEventLoop } from './lib/db/watchdog.ts';
    watchEventLoop(2);
    setTimeout(() => { ${work} }, 1500);`;
  const args = ['--import', 'tsx', '--conditions=react-server', '--input-type=module', '-e', source];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'ignore', 'pipe'] });
  const [said, [, signal]] = await Promise.all([text(child.stderr), once(child, 'exit')]);
  return { signal, said };
}

test('a frozen process is ended and says why', async () => {
  const { signal, said } = await run('for (;;);');
  expect(signal).toBe('SIGKILL');
  expect(said).toContain('event_loop_frozen');
});

test('a healthy process ends by itself', async () => {
  expect((await run('')).signal).toBeNull();
});
