// npm run --prefix verification telemetry: draws the tables of docs/telemetry.md from lib/telemetry/names.ts.
import { readFileSync, writeFileSync } from 'node:fs';
import { ATTRIBUTES, METRICS, SPANS } from '@/lib/telemetry/names';
import { seriesOf } from './names';

const DOCUMENT = 'docs/telemetry.md';

const code = (names: readonly string[]) => names.map((name) => `\`${name}\``).join(' ');

function table(head: string[], rows: string[][]): string {
  const lines = [head, head.map(() => '---'), ...rows];
  return lines.map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

const TABLES = {
  spans: table(
    ['span', 'when'],
    Object.entries(SPANS).map(([name, when]) => [/[ ]/.test(name) ? name : code([name]), when]),
  ),
  metrics: table(
    ['metric', 'at Prometheus', 'what', 'attributes'],
    Object.entries(METRICS).map(([name, { description, attributes }]) => [
      code([name]),
      code([(seriesOf(name)[0] ?? '').replace(/_bucket$/, '_*')]),
      description,
      code(attributes),
    ]),
  ),
  attributes: table(
    ['attribute', 'holds'],
    Object.entries(ATTRIBUTES).map(([name, holds]) => [code([name]), holds]),
  ),
};

/** Returns the document with its tables as they should be. */
export function drawn(document: string): string {
  return Object.entries(TABLES).reduce(
    (text, [name, rows]) =>
      text.replace(
        new RegExp(`(<!-- ${name} -->\n)[\\s\\S]*?(<!-- end -->)`),
        (_all, start, end) => `${start + rows}\n${end}`,
      ),
    document,
  );
}

if (process.argv[1]?.endsWith('tables.ts')) writeFileSync(DOCUMENT, drawn(readFileSync(DOCUMENT, 'utf8')));
