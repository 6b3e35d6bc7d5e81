import { chmodSync, mkdirSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { ConfigError } from '@/lib/config/config';
import { keepToOwner } from './private-directory';

let parent: string;
let umask: number;
beforeEach(() => {
  parent = mkdtempSync(path.join(tmpdir(), 'portal-private-'));
  umask = process.umask();
});
afterEach(() => {
  process.umask(umask);
  rmSync(parent, { recursive: true, force: true });
});

const modeOf = (directory: string) => statSync(directory).mode & 0o7777;

test.each([0o000, 0o022, 0o077])('creates a directory only for its owner, with umask %i', (mask) => {
  process.umask(mask);
  const directory = path.join(parent, 'one', 'two');
  keepToOwner(directory);
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
