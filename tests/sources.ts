import { readdirSync, readFileSync } from 'node:fs';

/** Returns every file below a folder. */
export function filesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((name) => `${folder}/${name}`);
}

/** Returns the production code by file. */
export function productionSources(): Map<string, string> {
  const files = [...['app', 'components', 'lib'].flatMap(filesBelow), 'proxy.ts', 'instrumentation.ts'];
  return new Map(
    files
      .filter((file) => /\.tsx?$/.test(file) && !/\.test\.ts$|\.d\.ts$/.test(file))
      .map((file) => [file, readFileSync(file, 'utf8')]),
  );
}

/** Returns the same without comments, which may name what they warn of. */
export function productionCode(): Map<string, string> {
  return new Map([...productionSources()].map(([file, text]) => [file, text.replace(/^\s*(?:\/\/|\/?\*).*$/gm, '')]));
}
