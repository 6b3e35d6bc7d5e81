// The end-to-end tests of a lane share a sandbox: KunaCore's calls and customers are found by a person's address.
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';

test('no two end-to-end specs use the same generated customer', () => {
  const specs = readdirSync('e2e').filter((name) => name.endsWith('.ts') && name !== 'sandbox.ts');
  const users = new Map<string, Set<string>>();
  for (const spec of specs)
    for (const [, number = ''] of readFileSync(path.join('e2e', spec), 'utf8').matchAll(/[pP]erson\((\d+)/g))
      users.set(number, (users.get(number) ?? new Set()).add(spec));
  expect(users.size).toBeGreaterThan(50);
  expect([...users].filter(([, by]) => by.size > 1).map(([number, by]) => `${number}: ${[...by].join(', ')}`)).toEqual(
    [],
  );
});
