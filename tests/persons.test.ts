// The end-to-end tests of a lane share a sandbox: KunaCore's calls and customers are found by a person's address.
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';

/** `person(12)`, `testPerson(12)`, and a spec's own functions with a page and a number, such as `boughtOnce(page, 12)`. */
const NUMBERED = /(?:[pP]erson\(|\b\w+\((?:page|browser), )(\d+)/g;

test('no two end-to-end specs use the same generated customer', () => {
  const specs = readdirSync('e2e').filter((name) => name.endsWith('.ts') && name !== 'sandbox.ts');
  const users = new Map<string, Set<string>>();
  for (const spec of specs)
    for (const [, number = ''] of readFileSync(path.join('e2e', spec), 'utf8').matchAll(NUMBERED))
      users.set(number, (users.get(number) ?? new Set()).add(spec));
  expect(users.size).toBeGreaterThan(50);
  expect([...users].filter(([, by]) => by.size > 1).map(([number, by]) => `${number}: ${[...by].join(', ')}`)).toEqual(
    [],
  );
});
