import { getTableName, is } from 'drizzle-orm';
import { PgTable } from 'drizzle-orm/pg-core';
import { expect, test } from 'vitest';
import { productionCode } from '@/tests/sources';
import { RIGHTS } from './rights';
import * as schema from './schema';

const tables = Object.entries(schema).flatMap(([name, table]) =>
  is(table, PgTable) ? [{ name, table: getTableName(table) }] : [],
);
const code = [...productionCode().values()].join('\n');

test('names the rights of every table', () => {
  expect(Object.keys(RIGHTS).sort()).toEqual(tables.map(({ table }) => table).sort());
});

test.each(['insert', 'update', 'delete'])('grants %s on every table that the code uses it for', (verb) => {
  const used = tables.filter(({ name }) => new RegExp(`\\.${verb}\\(${name}\\)`).test(code));
  expect(used.length).toBeGreaterThan(5);
  expect(used.filter(({ table }) => !RIGHTS[table]?.includes(verb)).map(({ table }) => table)).toEqual([]);
});
