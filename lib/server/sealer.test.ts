import { readFileSync } from 'node:fs';
import { parseEnv } from 'node:util';
import { expect, test, vi } from 'vitest';
import type { Sealing } from '@/lib/audit/seal';
import { log } from '@/lib/log/log';
import { countBusy } from './sealer';

test('raises an alarm for each minute of rounds that found the lock taken, and for no shorter time', () => {
  Object.assign(process.env, parseEnv(readFileSync('.env.example', 'utf8')), { LOG_LEVEL: 'silent' });
  const alarm = vi.spyOn(log(), 'error');
  const rounds = (sealing: Sealing, number: number, before: number) =>
    Array.from({ length: number }).reduce<number>((busy) => countBusy(sealing, busy), before);
  expect(rounds('busy', 299, 0)).toBe(299);
  expect(countBusy('done', 299)).toBe(0);
  expect(alarm).not.toHaveBeenCalled();
  rounds('busy', 600, 0);
  expect(alarm.mock.calls).toEqual(Array(2).fill([{ event: 'audit_sealing_failed', reason: 'lock' }]));
});
