import { PGlite } from '@electric-sql/pglite';
import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { DiskFull, freeBytesOf, withFreeSpaceFloor } from './free-space';

const PLENTY = 2 ** 40;
let engine: PGlite;
let free = PLENTY;
let guarded: PGlite;

beforeAll(async () => {
  engine = await PGlite.create();
  await engine.exec('create table notes (text text)');
});
beforeEach(() => {
  free = PLENTY;
  guarded = withFreeSpaceFloor(engine, async () => free);
});
afterAll(() => engine?.close());

test('with room enough it is the engine as always', async () => {
  await guarded.query('insert into notes values ($1)', ['a']);
  const { rows } = await guarded.transaction((tx) => tx.query('select text from notes'));
  expect(rows).toEqual([{ text: 'a' }]);
});

test('on a nearly full disk nothing is written, and what is there can be read', async () => {
  free = 1024;
  await expect(guarded.query('insert into notes values ($1)', ['b'])).rejects.toThrow(DiskFull);
  await expect(guarded.transaction((tx) => tx.query('select 1'))).rejects.toThrow(DiskFull);
  await expect(guarded.query(' update notes set text = $1', ['c'])).rejects.toThrow(DiskFull);
  expect((await guarded.query('select text from notes')).rows).toEqual([{ text: 'a' }]);
});

test('once there is room it writes again', async () => {
  free = 1024;
  await expect(guarded.query("insert into notes values ('d')")).rejects.toThrow(DiskFull);
  free = PLENTY;
  // The room is looked at once a second.
  await vi.waitFor(() => guarded.query("insert into notes values ('d')"), { timeout: 10_000, interval: 100 });
  expect((await guarded.query('select text from notes')).rows).toContainEqual({ text: 'd' });
});

test('the room on a real disk is a number', async () => {
  expect(await freeBytesOf('.')).toBeGreaterThan(0);
});
