// docs/support-desk.md says who may do what; it must be what the table of permissions says.
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { may, PERMISSIONS } from '@/lib/operator/permissions';

const ROW = /^\|[^|]+\|([^|]*)\|([^|]*)\|([^|]*)\| `([a-z-]+)` \|$/gm;
const ROLES = ['agent', 'supervisor', 'auditor'] as const;

test('docs/support-desk.md lists every permission with its roles', () => {
  const rows = [...readFileSync('docs/support-desk.md', 'utf8').matchAll(ROW)];
  const written = rows.map(([, agent, supervisor, auditor, permission]) => [
    permission,
    ROLES.filter((_, index) => [agent, supervisor, auditor][index]?.trim() === 'yes'),
  ]);
  const permissions = Object.keys(PERMISSIONS) as (keyof typeof PERMISSIONS)[];
  const real = permissions.map((permission) => [permission, ROLES.filter((role) => may(role, permission))]);
  expect(Object.fromEntries(written)).toEqual(Object.fromEntries(real));
});
