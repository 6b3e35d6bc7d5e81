import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { ConfigError } from '@/lib/config/config';
import { keepToOwner } from './private-directory';

let parent: string;
beforeEach(() => {
  parent = mkdtempSync(path.join(tmpdir(), 'portal-private-'));
});
afterEach(() => rmSync(parent, { recursive: true, force: true }));

const modeOf = (directory: string) => statSync(directory).mode & 0o7777;

const KEEP = "import { keepToOwner } from './lib/db/private-directory.ts'; keepToOwner(process.env.DIRECTORY)";

test.each(['000', '022', '077'])('creates a directory only for its owner, with umask %s', (mask) => {
  const directory = path.join(parent, 'one', 'two');
  // A thread cannot set the umask.
  const program = `umask ${mask}; exec node --import tsx --input-type=module --eval "$0"`;
  const env = { ...process.env, DIRECTORY: directory, TSX_TSCONFIG_PATH: 'scripts/tsconfig.json' };
  execFileSync('sh', ['-c', program, KEEP], { env });
  expect(modeOf(directory)).toBe(0o700);
});

test.each([0o777, 0o755, 0o750, 0o701, 0o710, 0o2775, 0o707])(
  'closes an existing directory of mode %i to others',
  (mode) => {
    const directory = path.join(parent, 'data');
    mkdirSync(directory);
    chmodSync(directory, mode);
    keepToOwner(directory);
    expect(modeOf(directory) & 0o077).toBe(0);
  },
);

test('rejects a shared directory and leaves it open', () => {
  const directory = path.join(parent, 'tmp');
  mkdirSync(directory);
  chmodSync(directory, 0o1777);
  expect(() => keepToOwner(directory)).toThrow(ConfigError);
  expect(modeOf(directory)).toBe(0o1777);
});
