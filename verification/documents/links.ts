// npm run --prefix verification links: fails when a file or heading that a document links, or a file that
// docs/asvs.json names, is missing.
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

const AT_THE_ROOT = ['README.md', 'SECURITY.md', 'CONTRIBUTING.md', 'CODE_OF_CONDUCT.md', 'CHANGELOG.md'];

function documents(): string[] {
  const below = ['docs', 'verification', 'bench'].flatMap(filesBelow).filter((file) => file.endsWith('.md'));
  return [...AT_THE_ROOT, ...below];
}

function missingLinks(): string[] {
  return documents().flatMap((document) =>
    linksOf(readFileSync(document, 'utf8'))
      .filter((link) => !existsSync(path.join(path.dirname(document), decodeURI(link))))
      .map((link) => `${document}: ${link}`),
  );
}

/** Returns the links to a heading that no document has. */
function missingHeadings(): string[] {
  return documents().flatMap((document) =>
    [...readFileSync(document, 'utf8').matchAll(/\]\((?![a-z]+:)([^)\s#]*\.md)?#([^)\s]+)\)/g)]
      .filter(([, file, heading = '']) => {
        const target = file ? path.join(path.dirname(document), file) : document;
        return existsSync(target) && !headingsOf(target).includes(heading);
      })
      .map(([link]) => `${document}: ${link}`),
  );
}

/** Returns the addresses that GitHub gives to the headings of a document. */
function headingsOf(document: string): string[] {
  const headings = readFileSync(document, 'utf8').matchAll(/^#+ (.+)$/gm);
  return [...headings].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, '')
      .replaceAll(' ', '-'),
  );
}

function missingFiles(): string[] {
  const requirements = JSON.parse(readFileSync('docs/asvs.json', 'utf8')) as { id: string; files?: string[] }[];
  return requirements.flatMap(({ id, files = [] }) =>
    files.filter((file) => !existsSync(file)).map((file) => `ASVS ${id}: ${file}`),
  );
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const missing = [...missingLinks(), ...missingHeadings(), ...missingFiles()];
  console.log([...missing, `${missing.length} links lead nowhere`].join('\n'));
  process.exitCode = missing.length === 0 ? 0 : 1;
}
