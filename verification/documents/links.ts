// npm run --prefix verification links: fails when a link of a document, or a file that docs/asvs.json names, is missing.
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { filesBelow } from '@/tests/sources';

/** Returns the relative links of a text, images included, without what follows `#`. */
export function linksOf(markdown: string): string[] {
  return [...markdown.matchAll(/\]\(([^)\s]+)\)/g)]
    .map(([, link = '']) => link.split('#')[0] ?? '')
    .filter((link) => link && !/^[a-z]+:/.test(link));
}

function missingLinks(): string[] {
  const documents = [...filesBelow('docs'), ...filesBelow('verification')].filter((file) => file.endsWith('.md'));
  return ['README.md', 'SECURITY.md', ...documents].flatMap((document) =>
    linksOf(readFileSync(document, 'utf8'))
      .filter((link) => !existsSync(path.join(path.dirname(document), decodeURI(link))))
      .map((link) => `${document}: ${link}`),
  );
}

function missingFiles(): string[] {
  const requirements = JSON.parse(readFileSync('docs/asvs.json', 'utf8')) as { id: string; files?: string[] }[];
  return requirements.flatMap(({ id, files = [] }) =>
    files.filter((file) => !existsSync(file)).map((file) => `ASVS ${id}: ${file}`),
  );
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const missing = [...missingLinks(), ...missingFiles()];
  console.log([...missing, `${missing.length} links lead nowhere`].join('\n'));
  process.exitCode = missing.length === 0 ? 0 : 1;
}
