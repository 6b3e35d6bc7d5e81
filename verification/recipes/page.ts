// Reads the recipes of docs/make-it-yours.md. The page is their only source: what people read is what runs.
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';

export type Step =
  | { kind: 'run'; script: string }
  | { kind: 'edit'; file: string; from: string; to: string }
  | { kind: 'file'; file: string; content: string }
  | { kind: 'line'; file: string; before: string; content: string };

/** Returns the steps of each recipe, in the order of the page. */
export function readRecipes(): Map<string, Step[]> {
  const [, ...sections] = readFileSync('docs/make-it-yours.md', 'utf8').split('<!-- recipe: ');
  return new Map(
    sections.map((section) => {
      const [name = ''] = section.split(' -->', 1);
      // A recipe ends at the next heading.
      const [own = ''] = section.split(/\n##+ /, 1);
      const followed = own.match(/<!-- follow: (\S+) -->/)?.[1];
      return [name, readSteps(followed ? readFileSync(followed, 'utf8') : own)];
    }),
  );
}

function readSteps(text: string): Step[] {
  return [...text.matchAll(/<!-- (run|edit|file|line|import)(?:: (\S+))? -->\n```\w+\n([\s\S]*?)```/g)].map(
    ([, kind, file = '', block = '']): Step => {
      if (kind === 'run') return { kind, script: block };
      if (kind === 'file') return { kind, file, content: block };
      if (kind === 'edit') return { kind, file, from: side(block, '-'), to: side(block, '+') };
      // docs/kyc.md lets the editor place these two.
      const before = kind === 'line' ? '  form: () => formSource,\n' : "import { formSource } from './form';\n";
      return { kind: 'line', file, before, content: block };
    },
  );
}

/** Returns the lines of a diff before or after it. */
function side(diff: string, sign: '-' | '+'): string {
  const lines = diff.split('\n').filter((line) => line.startsWith(' ') || line.startsWith(sign));
  return lines.map((line) => line.slice(1)).join('\n');
}

/** Changes a file of a folder. Throws where the step does not fit exactly once. */
export function applyToFile(folder: string, step: Exclude<Step, { kind: 'run' }>): void {
  const file = path.join(folder, step.file);
  if (step.kind === 'file') {
    writeFileSync(file, step.content);
    return;
  }
  const [from, to] = step.kind === 'edit' ? [step.from, step.to] : [step.before, step.content + step.before];
  const source = readFileSync(file, 'utf8');
  const parts = source.split(from);
  if (parts.length !== 2) throw new Error(`${step.file} has ${parts.length - 1} times:\n${from}`);
  const joined = parts.join(to);
  writeFileSync(
    file,
    to === ''
      ? joined
          .replace(/\n\n\n+/g, '\n\n')
          .trimEnd()
          .concat('\n')
      : joined,
  );
}
