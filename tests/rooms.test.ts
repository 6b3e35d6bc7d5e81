import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { DRAWING, drawRooms, findCycles, layerOf, readRooms } from './rooms';

const rooms = readRooms();

test('the imports between folders have no cycle', () => {
  expect(rooms.size).toBeGreaterThan(25);
  expect(findCycles(rooms)).toEqual([]);
});

test('every room belongs to a layer, and imports only from its own layer and those below', () => {
  const upwards = [...rooms].flatMap(([room, imports]) =>
    [...imports].filter((other) => layerOf(other) > layerOf(room)).map((other) => `${room} imports ${other}`),
  );
  expect([...rooms.keys()].filter((room) => layerOf(room) < 0)).toEqual([]);
  expect(upwards).toEqual([]);
});

test('finds an added cycle and an added import upwards', () => {
  const planted = new Map([...rooms].map(([room, imports]) => [room, new Set(imports)] as const));
  planted.get('db')?.add('audit');
  expect(findCycles(planted)).toContainEqual(expect.arrayContaining(['audit', 'db']));
  expect(layerOf('audit')).toBeGreaterThan(layerOf('db'));
});

test('docs/architecture.md shows the rooms as `npm run rooms` draws them', () => {
  expect(readFileSync('docs/architecture.md', 'utf8').match(DRAWING)?.[0]).toBe(drawRooms(rooms));
});
