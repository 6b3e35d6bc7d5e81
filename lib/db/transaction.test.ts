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

/** Returns a driver's error as drizzle wraps it. */
function failure(code: string): Error {
  return new Error('Failed query', { cause: Object.assign(new Error(code), { code }) });
}

test.each(['40001', '40P01'])('retries a transaction after a conflict (%s)', async (code) => {
  let runs = 0;
  const result = await inTransaction(opened.db, async (tx) => {
    runs += 1;
    await tx.execute(sql`select 1`);
    if (runs < 4) throw failure(code);
    return 'done';
  });
  expect([result, runs]).toEqual(['done', 4]);
});

test('gives up after three retries', async () => {
  let runs = 0;
  const always = async () => {
    runs += 1;
    throw failure('40001');
  };
  await expect(inTransaction(opened.db, always)).rejects.toThrow('Failed query');
  expect(runs).toBe(4);
});

test('does not retry after other errors', async () => {
  let runs = 0;
  const once = async () => {
    runs += 1;
    throw failure('23505');
  };
  await expect(inTransaction(opened.db, once)).rejects.toThrow('Failed query');
  expect(runs).toBe(1);
});
