import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openTestDatabase } from '@/tests/database';
import type { OpenDatabase } from './client';
import { inTransaction } from './transaction';

let opened: OpenDatabase;

beforeAll(async () => {
  opened = await openTestDatabase();
});
afterAll(() => opened?.close());

/** As the driver throws it, inside what drizzle throws. */
function failure(code: string): Error {
  return new Error('Failed query', { cause: Object.assign(new Error(code), { code }) });
}

test.each(['40001', '40P01'])('a transaction that met another one is tried again (%s)', async (code) => {
  let runs = 0;
  const result = await inTransaction(opened.db, async (tx) => {
    runs += 1;
    await tx.execute(sql`select 1`);
    if (runs < 4) throw failure(code);
    return 'done';
  });
  expect([result, runs]).toEqual(['done', 4]);
});

test('it is given up after three more tries', async () => {
  let runs = 0;
  const always = async () => {
    runs += 1;
    throw failure('40001');
  };
  await expect(inTransaction(opened.db, always)).rejects.toThrow('Failed query');
  expect(runs).toBe(4);
});

test('any other error is not tried again', async () => {
  let runs = 0;
  const once = async () => {
    runs += 1;
    throw failure('23505');
  };
  await expect(inTransaction(opened.db, once)).rejects.toThrow('Failed query');
  expect(runs).toBe(1);
});
