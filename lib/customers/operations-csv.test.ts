import { expect, test } from 'vitest';
import { operationsCsv } from './operations-csv';
import type { Operation } from './operations-schema';

const OPERATION: Operation = {
  id: '7b1d',
  walletId: 'w-1',
  type: 'DepositWithExchange',
  status: 'Completed',
  sourceAsset: 'UAH',
  sourceAmount: '1000',
  targetAsset: 'BTC',
  targetAmount: '0.00026',
  fee: null,
  createdAt: '2026-11-23T10:00:00.000Z',
  updatedAt: null,
};

test('a header and a line per operation, in UTF-8 that spreadsheets recognise; no wallet id', () => {
  expect(operationsCsv([OPERATION])).toBe(
    '\ufeffcreatedAt,updatedAt,type,status,sourceAmount,sourceAsset,targetAmount,targetAsset,fee,id\r\n' +
      '2026-11-23T10:00:00.000Z,,DepositWithExchange,Completed,1000,UAH,0.00026,BTC,,7b1d\r\n',
  );
});

test.each(['=1+1', '+1', '-1', '@SUM(A1)', '\t=1', '\r=1'])('a text like %j is no formula to a spreadsheet', (text) => {
  const [, line] = operationsCsv([{ ...OPERATION, type: text }]).split('\r\n', 2);
  expect(line).not.toMatch(/(^|,)"?[=+\-@\t\r]/);
});

test('separators, quotes and lines in a text do not break the columns', () => {
  expect(operationsCsv([{ ...OPERATION, type: 'a,"b"\nc' }])).toContain('"a,""b""\nc"');
});
