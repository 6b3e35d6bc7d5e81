import { expect, test } from 'vitest';
import { noticed } from './noticed';
import type { Operation } from './operations-schema';

const OPENED = '2026-11-27T10:00:00.000Z';
const operation = (id: string, status: string, createdAt = '2026-11-27T09:00:00.000Z') =>
  ({ id, status, createdAt }) as Operation;
const ids = (now: Operation[], before: Operation[]) => noticed(now, before, OPENED).map(({ id }) => id);

test('notices an operation that is new, and one whose status changed', () => {
  const before = [operation('a', 'Completed'), operation('b', 'OnHold')];
  expect(ids(before, before)).toEqual([]);
  expect(ids([operation('c', 'Created'), ...before], before)).toEqual(['c']);
  expect(ids([operation('a', 'Completed'), operation('b', 'Declined')], before)).toEqual(['b']);
});

test('notices a purchase that was made before the first response arrived', () => {
  const quick = [operation('q', 'Completed', '2026-11-27T10:00:05.000Z')];
  expect(ids(quick, quick)).toEqual(['q']);
});

test('shows the three newest', () => {
  const many = ['d', 'c', 'b', 'a'].map((id) => operation(id, 'Created'));
  expect(ids(many, [])).toEqual(['d', 'c', 'b']);
});

test('an operation without a time is noticed by its status alone', () => {
  const timeless = { ...operation('t', 'Created'), createdAt: null };
  expect(ids([timeless], [timeless])).toEqual([]);
  expect(ids([timeless], [])).toEqual(['t']);
});
