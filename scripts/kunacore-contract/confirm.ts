import { createInterface } from 'node:readline/promises';

/** Returns whether a host is on this machine, where only the sandbox is. */
export function isSandbox(host: string): boolean {
  return /^(localhost|127(\.\d{1,3}){3}|\[::1\])(:\d+)?$/i.test(host);
}

interface Terminal {
  isTTY: boolean;
  ask(question: string): Promise<string>;
}

/**
 * Asks a person before test customers are created at a host that is not the sandbox. The host must be typed, so that
 * production is not confirmed by habit. Without a terminal only `--yes` allows it.
 */
export async function mayWrite(host: string, yes: boolean, terminal: Terminal = processTerminal()): Promise<boolean> {
  if (yes || isSandbox(host)) return true;
  if (!terminal.isTTY) return false;
  const typed = await terminal.ask(`This creates up to five test customers at ${host}. Type the host to go on: `);
  return typed.trim() === host;
}

function processTerminal(): Terminal {
  return {
    isTTY: process.stdin.isTTY === true && process.stdout.isTTY === true,
    async ask(question) {
      const readline = createInterface({ input: process.stdin, output: process.stdout });
      try {
        return await readline.question(question);
      } finally {
        readline.close();
      }
    },
  };
}
