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
      .filter((file) => /\.tsx?$/.test(file) && !/\.test\.ts$|\.d\.ts$|^lib\/testing\//.test(file))
      .map((file) => [file, readFileSync(file, 'utf8')]),
  );
}
