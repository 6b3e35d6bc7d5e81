import type { ChildProcess } from 'node:child_process';

export interface Program {
  name: string;
  child: ChildProcess;
  /** The last part of what it printed. */
  output: string;
  /** Resolves with its exit code, or null after a signal. */
  ended: Promise<number | null>;
}

export function startProgram(
  name: string,
  file: string,
  args: string[],
  options: { env: Record<string, string | undefined>; nodeOptions?: string[]; quiet?: boolean },
): Program;

export function endInTurn(programs: Program[], timeoutMs: number): Promise<void>;

export function killAtOnce(programs: Program[]): void;
