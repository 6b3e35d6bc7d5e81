// Makes copies of the checkout that a test may change.
import { cpSync, mkdirSync, rmSync } from 'node:fs';
import path from 'node:path';

const SOURCES = [
  ...['app', 'components', 'lib', 'public', 'package.json', 'tsconfig.json', 'next.config.mjs', 'proxy.ts'],
  ...['instrumentation.ts', 'tailwind.config.ts', 'postcss.config.mjs'],
];

/** Copies the sources of the portal and these names. @returns the folder, inside the project for its node_modules. */
export function copyCheckout(name: string, besides: string[] = []): string {
  const folder = path.resolve('test-results', name);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  for (const source of [...SOURCES, ...besides])
    cpSync(source, path.join(folder, source), { recursive: true, filter: (file) => !isTest(file) });
  return folder;
}

/** Skips tests, which import from folders that are not copied. */
function isTest(file: string): boolean {
  return /\.test\.tsx?$/.test(file);
}
