import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import { withRelease } from './changelog.mjs';

const CHANGELOG = '# Changelog\n\n## [Unreleased]\n\n### Added\n\n- A thing.\n';
const folders: string[] = [];
let folder: string;

afterAll(() => {
  for (const one of folders) rmSync(one, { recursive: true });
});

const write = (name: string, text: string) => writeFileSync(path.join(folder, name), text);
const read = (name: string) => readFileSync(path.join(folder, name), 'utf8');
const git = (...args: string[]) => execFileSync('git', args, { cwd: folder, encoding: 'utf8' }).trim();

/** Returns the exit code and everything that was printed. */
function release(...args: string[]): { code: number; printed: string } {
  try {
    const printed = execFileSync(process.execPath, ['scripts/release.mjs', ...args], {
      cwd: folder,
      encoding: 'utf8',
      stdio: 'pipe',
    });
    return { code: 0, printed };
  } catch (error) {
    const { status, stderr } = error as { status: number; stderr: string };
    return { code: status, printed: stderr };
  }
}

describe('in a repository of its own', () => {
  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'release-'));
    folders.push(folder);
    mkdirSync(path.join(folder, 'scripts'));
    for (const name of ['release.mjs', 'changelog.mjs', 'command-line.mjs'])
      cpSync(`scripts/${name}`, path.join(folder, 'scripts', name));
    write('CHANGELOG.md', CHANGELOG);
    write('package.json', '{\n  "name": "p",\n  "version": "0.0.1",\n  "type": "module"\n}\n');
    git('init', '--quiet');
    git('config', 'user.name', 'Test');
    git('config', 'user.email', 'test@example.com');
    git('add', '.');
    git('commit', '--quiet', '--message', 'Begin');
  });
  test('says what it would do, and does nothing', () => {
    const { printed } = release('1.0.0');
    expect(printed).toContain('Would: Run npm test');
    expect(printed).toContain('Would: Tag v1.0.0');
    expect(git('status', '--porcelain') + git('tag')).toBe('');
  });

  test('moves the changelog, sets the version, commits and tags', () => {
    expect(release('1.0.0', '--yes', '--tested').code).toBe(0);
    expect(read('CHANGELOG.md')).toMatch(
      /^# Changelog\n\n## \[Unreleased\]\n\n## \[1\.0\.0\] - \d{4}-\d\d-\d\d\n\n### Added\n\n- A thing\.\n$/,
    );
    expect(JSON.parse(read('package.json'))).toMatchObject({ version: '1.0.0' });
    expect(git('log', '-1', '--format=%s')).toBe('Release 1.0.0');
    expect(git('tag', '--list', '--format=%(refname:short) %(contents)')).toContain('v1.0.0 Added\n\n- A thing.');
    expect(git('status', '--porcelain')).toBe('');
  });

  test('refuses a checkout with changes, and a tag that exists', () => {
    write('new.txt', 'x');
    expect(release('1.0.0', '--yes', '--tested')).toEqual({ code: 1, printed: expect.stringContaining('has changes') });
    git('add', '.');
    git('commit', '--quiet', '--message', 'More');
    git('tag', 'v1.0.0');
    expect(release('1.0.0', '--yes', '--tested').printed).toContain('The tag v1.0.0 exists.');
  });
});

test.each([
  ['', 'is no version'],
  ['1.0', 'is no version'],
  ['v1.0.0', 'is no version'],
  ['1.0.0', 'is not newer than 1.0.0'],
  ['0.9.9', 'is not newer than 1.0.0'],
  ['1.0.0-rc.1', 'is not newer than 1.0.0'],
])('refuses version "%s" after 1.0.0', (version, problem) => {
  const text = `${CHANGELOG}\n## [1.0.0] - 2026-01-01\n\n- Old.\n`;
  expect(withRelease(text, version, '2026-02-01').problems).toEqual([expect.stringContaining(problem)]);
});

test.each(['1.0.1', '1.10.0', '2.0.0-rc.1'])('accepts version %s after 1.0.0, and keeps the old section', (version) => {
  const text = `${CHANGELOG}\n## [1.0.0] - 2026-01-01\n\n- Old.\n`;
  const { text: released, problems } = withRelease(text, version, '2026-02-01');
  expect(problems).toEqual([]);
  expect(released).toContain(`- A thing.\n\n## [1.0.0] - 2026-01-01\n\n- Old.\n`);
});

test('refuses a changelog without news', () => {
  const { problems } = withRelease('# Changelog\n\n## [Unreleased]\n', '1.0.0', '2026-02-01');
  expect(problems).toEqual(['CHANGELOG.md has nothing under "Unreleased".']);
});
