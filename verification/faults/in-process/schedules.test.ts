// A few fixed schedules with every `npm test`; `npm run --prefix verification faults` plays as many as you like.
import './environment';
import { expect, test } from 'vitest';
import { runSchedules } from './run';

test('random schedules of people and faults break no promise', { timeout: 120_000 }, async () => {
  const outcome = await runSchedules({ schedules: 60, seed: 1 });
  expect(outcome).toMatchObject({ played: 60, failure: null });
  const often = ['hand-overs', 'acceptances', 'returns', 'withdrawals', 'blocks of wallets'];
  expect(often.filter((what) => !outcome.happened[what])).toEqual([]);
});
