import { codeOf, failed, type Line } from './line';

/** The checks of one neighbour. */
export interface Group {
  name: string;
  /** Never changes anything at the neighbour. */
  check(): Promise<Line[]>;
}

export interface CheckedGroup {
  name: string;
  lines: Line[];
}

/** Runs all groups at once. One that fails or takes longer than the limit does not hold up the others. */
export function runGroups(groups: Group[], limitMs: number): Promise<CheckedGroup[]> {
  return Promise.all(groups.map(async (group) => ({ name: group.name, lines: await within(limitMs, group) })));
}

async function within(limitMs: number, { check }: Group): Promise<Line[]> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<Line[]>((resolve) => {
    const line = failed(
      `no result within ${limitMs / 1000} s`,
      'see whether a firewall drops packets on the way to it, or give more time with --seconds',
    );
    timer = setTimeout(() => resolve([line]), limitMs);
  });
  const wrong = (error: unknown) => [
    failed(`the check itself ended with ${codeOf(error)}`, 'report this as a defect of the doctor'),
  ];
  return Promise.race([check().catch(wrong), late]).finally(() => clearTimeout(timer));
}

/** Writes the report for people: a heading for each group, a line for each check, its remedy below. */
export function toText(groups: CheckedGroup[]): string {
  const blocks = groups.map(({ name, lines }) => [name, ...lines.flatMap(describe)].join('\n'));
  return [...blocks, summary(groups)].join('\n\n');
}

function describe({ kind, text, remedy }: Line): string[] {
  return [`  ${kind.padEnd(7)} ${text}`, ...(remedy ? [`          → ${remedy}`] : [])];
}

function summary(groups: CheckedGroup[]): string {
  const count = (kind: Line['kind']) =>
    groups.flatMap(({ lines }) => lines).filter((line) => line.kind === kind).length;
  return `${count('ok')} ok, ${count('warning')} warnings, ${count('failed')} failed`;
}

export function hasFailed(groups: CheckedGroup[]): boolean {
  return groups.some(({ lines }) => lines.some(({ kind }) => kind === 'failed'));
}

/** Replaces every secret in a text. No line contains one; this keeps it so where a neighbour's answer is quoted. */
export function withoutSecrets(text: string, secrets: string[]): string {
  return secrets.reduce((clean, secret) => clean.replaceAll(secret, '[secret]'), text);
}
