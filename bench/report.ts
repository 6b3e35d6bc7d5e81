import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { TARGETS, type Target } from './targets';

/** A measured figure. */
export interface Row {
  measure: string;
  figure: number;
  /** What else was measured with it: medians, p95, counts. */
  detail?: string;
}

interface Judged extends Row {
  bound: string | null;
  /** Null for a figure without a bound. */
  met: boolean | null;
}

const FILE = path.join(import.meta.dirname, 'results.json');

/** Compares figures with their bounds. */
export function judge(rows: Row[]): Judged[] {
  return rows.map((row) => {
    const target = TARGETS[row.measure];
    return { ...row, bound: boundOf(target), met: target ? isMet(row.figure, target) : null };
  });
}

function boundOf(target: Target | undefined): string | null {
  if (!target) return null;
  return target.atMost === undefined ? `≥ ${target.atLeast}` : `≤ ${target.atMost}`;
}

function isMet(figure: number, { atMost = Number.POSITIVE_INFINITY, atLeast = Number.NEGATIVE_INFINITY }: Target) {
  return figure <= atMost && figure >= atLeast;
}

/** Prints a part's figures as a table in Markdown. */
export function print(title: string, rows: Row[]): void {
  const lines = judge(rows).map(
    ({ measure, figure, bound, met, detail = '' }) =>
      `| ${measure} | ${short(figure)} | ${bound ?? '-'} | ${met === null ? '-' : met ? 'yes' : 'NO'} | ${detail} |`,
  );
  console.log(
    [`\n## ${title}\n`, '| measure | figure | must be | met | detail |', '|---|---|---|---|---|', ...lines].join('\n'),
  );
}

/** Shows three digits. */
export function short(figure: number): string {
  if (!Number.isFinite(figure)) return String(figure);
  if (Math.abs(figure) >= 100) return Math.round(figure).toLocaleString('en');
  return String(Number(figure.toPrecision(3)));
}

/** Stores a part's figures with versions and machine. Parts that were not measured now keep their last figures. */
export function store(part: string, rows: Row[], seconds: number, chromium: string): void {
  const stored = readStored();
  const measured = { commit: commit(), at: new Date().toISOString(), seconds: Math.round(seconds), rows: judge(rows) };
  const results = { ...{ versions: versions(chromium), machine: machine() }, parts: { ...stored, [part]: measured } };
  writeFileSync(FILE, `${JSON.stringify(results, null, 2)}\n`);
}

function readStored(): Record<string, unknown> {
  try {
    return JSON.parse(readFileSync(FILE, 'utf8')).parts;
  } catch {
    return {};
  }
}

function commit(): string {
  return execFileSync('git', ['rev-parse', '--short', 'HEAD'], { encoding: 'utf8' }).trim();
}

function machine() {
  const [cpu] = os.cpus();
  const memory = `${Math.round(os.totalmem() / 2 ** 30)} GB`;
  return { cpu: cpu?.model, cores: os.cpus().length, memory, system: `${os.type()} ${os.release()}` };
}

function versions(chromium: string) {
  const ofPackage = (name: string) => JSON.parse(readFileSync(`node_modules/${name}/package.json`, 'utf8')).version;
  return {
    node: process.version,
    next: ofPackage('next'),
    react: ofPackage('react'),
    pglite: ofPackage('@electric-sql/pglite'),
    postgres: postgresVersion(),
    chromium,
  };
}

function postgresVersion(): string | null {
  try {
    return execFileSync('psql', ['--version'], { encoding: 'utf8' }).trim();
  } catch {
    return null;
  }
}
