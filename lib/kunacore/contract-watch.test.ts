import { expect, test } from 'vitest';
import { data, startServer } from '@/tests/kunacore-server';
import { createKunaCoreClient } from './client';
import type { Contract } from './contract';
import { type ContractChange, ContractWatch, differences } from './contract-watch';
import { mergeShapes, shapeOf } from './shape';

const FIND = '/v2/customer/find';
const row = { id: 'c-1', walletId: 'w-1', createdAt: '2026-01-02T03:04:05.678Z', phoneNumber: null, comment: '12' };
const contract = (body: object, statuses = [201]): Contract => ({
  version: 1,
  host: 'api.example',
  checkedAt: '2026-01-02T03:04:05.678Z',
  mode: 'write',
  answers: {},
  endpoints: { [FIND]: { statuses, shape: shapeOf(body) } },
});
const seen = (body: unknown, status = 201) => ({
  endpoint: FIND,
  status,
  text: typeof body === 'string' ? body : JSON.stringify(body),
});

test('names the types of a response by path, one entry for all rows of a list', () => {
  expect(shapeOf({ data: [row, { id: 7, more: [{ equivalent: { USD: '1' } }] }] })).toEqual({
    $: ['object'],
    data: ['array'],
    'data[]': ['object'],
    'data[].comment': ['absent', 'string'],
    'data[].createdAt': ['absent', 'time'],
    'data[].id': ['integer', 'string'],
    'data[].more': ['absent', 'array'],
    'data[].more[]': ['object'],
    'data[].more[].equivalent': ['object'],
    'data[].more[].equivalent.*': ['decimal'],
    'data[].phoneNumber': ['absent', 'null'],
    'data[].walletId': ['absent', 'string'],
  });
});

test('merges two responses, and marks a key that one of them lacks', () => {
  const merged = mergeShapes(shapeOf({ data: [row] }), shapeOf({ data: [{ ...row, comment: undefined, extra: 1 }] }));
  expect(merged['data[].extra']).toEqual(['absent', 'integer']);
  expect(mergeShapes(shapeOf({ data: [] }), shapeOf({ data: [row] }))['data[].id']).toEqual(['string']);
});

test.each<[string, unknown, [string, string][]]>([
  ['the same', { data: [row] }, []],
  ['no rows', { data: [] }, []],
  ['a null where a text was seen', { data: [{ ...row, comment: null }] }, []],
  ['a text where only nulls were seen', { data: [{ ...row, phoneNumber: '+380991234567' }] }, []],
  ['a number instead of a text', { data: [{ ...row, id: 1 }] }, [['type', 'data[].id']]],
  ['another form of time', { data: [{ ...row, createdAt: '02.01.2026' }] }, [['type', 'data[].createdAt']]],
  ['a missing key', { data: [{ ...row, walletId: undefined }] }, [['missing-key', 'data[].walletId']]],
  ['a key that one row lacks', { data: [row, { ...row, walletId: undefined }] }, [['missing-key', 'data[].walletId']]],
  ['a new key with something inside', { data: [{ ...row, risk: { group: 1 } }] }, [['new-key', 'data[].risk']]],
  ['a wrapped list', { data: { items: [row], total: 1 } }, [['type', 'data']]],
  ['no envelope', [row], [['type', '$']]],
  ['a page', '<!doctype html>', [['not-json', '']]],
])('tells how %s differs from the contract', (_, body, expected) => {
  const changes = differences(contract({ data: [row] }), seen(body));
  expect(changes.map(({ kind, key }) => [kind, key])).toEqual(expected);
});

test('counts another success status, and no unknown endpoint', () => {
  const known = contract({ data: [] });
  expect(differences(known, seen({ data: [] }, 200))).toEqual([{ endpoint: FIND, kind: 'status', key: '' }]);
  expect(differences(known, { ...seen('x'), endpoint: '/v2/other' })).toEqual([]);
});

test('reports a kind once an hour, counts every response, and keeps few names', () => {
  const reported: ContractChange[] = [];
  const watch = new ContractWatch(contract({ data: [row] }), (change) => reported.push(change));
  const hour = 3_600_000;
  for (let call = 0; call < 500; call += 1) watch.observe(seen({ data: [{ ...row, [`k${call}`]: 1 }] }), hour + call);
  expect(reported).toEqual([{ endpoint: FIND, kind: 'new-key', key: 'data[].k0' }]);
  const counts = watch.take();
  expect(counts).toHaveLength(101);
  expect(counts.at(-1)).toMatchObject({ key: '', changes: 400, hour });
  watch.observe(seen({ data: [{ ...row, 'olena@example.com': 1 }] }), 2 * hour);
  expect(watch.take()).toMatchObject([{ key: 'data[].?', changes: 1 }]);
  expect(reported).toHaveLength(2);
});

test('the client shows an observer every response, and works as before when it differs', async () => {
  const server = await startServer((response) => data(response, { items: [row], total: 1 }));
  const watch = new ContractWatch(contract({ data: [row] }), () => {});
  const client = createKunaCoreClient({
    apiUrl: server.url,
    credentials: { kind: 'api-key', apiKey: 'key-1' },
    onResponse: (response) => watch.observe(response),
  });
  expect(await client.findCustomers({})).toMatchObject([{ id: 'c-1' }]);
  expect(watch.take()).toMatchObject([{ kind: 'type', key: 'data', changes: 1 }]);
});
