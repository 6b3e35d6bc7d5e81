// npm run --prefix verification shadcn: `npx shadcn add table` in a copy of this checkout, from a registry on this
// machine. Shows that the component lands where the others are, changes nothing else, and wears the brand's colours.
import { execFileSync, spawn } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import tailwind from '@tailwindcss/postcss';

const SHADCN = 'shadcn@4.23.0';
const COPIED = ['app', 'components', 'lib', 'components.json', 'package.json', 'tsconfig.json', 'tailwind.config.ts'];
/** What the command asks the registry for besides; the portal has colours of its own. */
const NO_COLOURS = {
  ...{ inlineColors: { light: {}, dark: {} }, inlineColorsTemplate: '' },
  ...{ cssVars: { light: {}, dark: {} }, cssVarsV4: { light: {}, dark: {} }, cssVarsTemplate: '' },
};
const git = (...args: string[]) => execFileSync('git', args, { cwd: copy, encoding: 'utf8' });

const copy = mkdtempSync(path.join(tmpdir(), 'portal-shadcn-'));
const registry = createServer(({ url = '' }, response) => {
  if (url.endsWith('/table.json')) response.end(readFileSync('verification/shadcn/table.json'));
  else if (url.includes('/colors/')) response.end(JSON.stringify(NO_COLOURS));
  else response.writeHead(404).end('{}');
});
await new Promise<void>((listening) => registry.listen(0, '127.0.0.1', listening));
process.on('exit', () => rmSync(copy, { recursive: true, force: true }));

for (const name of COPIED) cpSync(name, path.join(copy, name), { recursive: true });
symlinkSync(path.resolve('node_modules'), path.join(copy, 'node_modules'));
writeFileSync(path.join(copy, '.gitignore'), 'node_modules\n');
git('init', '--quiet');
git('add', '--all');

const { port } = registry.address() as AddressInfo;
await run('npx', ['--yes', SHADCN, 'add', 'table', '--yes'], { REGISTRY_URL: `http://127.0.0.1:${port}/r` });
registry.close();

const changed = git('status', '--porcelain')
  .split('\n')
  .filter((line) => line && !line.startsWith('A '));
const css = await compile();
const problems = [
  ...changed.filter((line) => line !== '?? components/ui/table.tsx').map((line) => `changed besides: ${line}`),
  ...['--muted)', '--muted-foreground)', '--foreground)', '--border)']
    .filter((token) => !css.includes(`var(${token}`))
    .map((token) => `no rule uses var(${token}`),
  ...['bg-muted\\/50', 'text-muted-foreground', 'border-b']
    .filter((name) => !css.includes(name))
    .map((name) => `no ${name}`),
];
for (const problem of problems) console.error(problem);
console.log(
  problems.length === 0 ? 'shadcn/ui: components/ui/table.tsx added, in the brand’s colours' : 'shadcn/ui: FAILED',
);
process.exit(problems.length === 0 ? 0 : 1);

/** Returns the CSS that the added component alone leads to. */
async function compile(): Promise<string> {
  const file = path.join(copy, 'app/globals.css');
  const entry = '@import "tailwindcss";';
  const source = readFileSync(file, 'utf8').replace(
    entry,
    '@import "tailwindcss" source(none);\n@source "../components/ui/table.tsx";',
  );
  const postcss = createRequire(createRequire(import.meta.url).resolve('@tailwindcss/postcss'))('postcss');
  return (await postcss([tailwind({ base: copy })]).process(source, { from: file })).css;
}

async function run(command: string, args: string[], env: Record<string, string>): Promise<void> {
  const child = spawn(command, args, { cwd: copy, stdio: 'inherit', env: { ...process.env, ...env } });
  const code = await new Promise((ended) => child.on('exit', ended));
  if (code !== 0) throw new Error(`${command} ${args.join(' ')} ended with ${code}`);
}
