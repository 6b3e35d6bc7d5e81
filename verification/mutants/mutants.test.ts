import { execFileSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { expect, test } from 'vitest';

test.each(readdirSync('verification/mutants/faults'))('the planted bug %s still fits the code', (file) => {
  const check = ['apply', '--check', '--unidiff-zero', `verification/mutants/faults/${file}`];
  expect(() => execFileSync('git', check, { stdio: 'ignore' })).not.toThrow();
});
