// ASVS 5.0: 15.2.2 16.5.2
import { expect, test, vi } from 'vitest';
import { createBreaker } from './breaker';
import { RejectedError, TimeoutError, UnreachableError } from './errors';
import { RetryBudget } from './retry';

const outage = async () => {
  throw new TimeoutError('/a', 1);
};

async function failing(guard: ReturnType<typeof createBreaker>, endpoint: string, call = outage): Promise<unknown> {
  return guard(endpoint, call).then(
    () => null,
    (error: unknown) => error,
  );
}

test('opens the circuit of one endpoint after five outages in a row, and reports it', async () => {
  const changes: unknown[] = [];
  const guard = createBreaker({ onChange: (endpoint, open) => changes.push([endpoint, open]) });
  for (let count = 0; count < 5; count += 1) expect(await failing(guard, '/a')).toBeInstanceOf(TimeoutError);
  expect(changes).toEqual([['/a', true]]);
  const call = vi.fn(outage);
  const refused = await failing(guard, '/a', call);
  expect(refused).toBeInstanceOf(UnreachableError);
  expect(refused).toMatchObject({ code: 'CIRCUIT_OPEN', mayHaveHappened: false });
  expect(call).not.toHaveBeenCalled();
  expect(await guard('/b', async () => 'fine')).toBe('fine');
});

test('one good response in between keeps it closed', async () => {
  const guard = createBreaker({});
  for (let count = 0; count < 12; count += 1) {
    if (count % 4 === 3) await guard('/a', async () => 'fine');
    else expect(await failing(guard, '/a')).toBeInstanceOf(TimeoutError);
  }
});

test.each([400, 401, 404, 429])('a %i comes from a living KunaCore', async (status) => {
  const guard = createBreaker({ failures: 1 });
  const no = async () => {
    throw new RejectedError('/a', status, undefined, undefined);
  };
  for (let count = 0; count < 3; count += 1) expect(await failing(guard, '/a', no)).toBeInstanceOf(RejectedError);
});

test('lets one call through after the pause, and its result decides', async () => {
  vi.useFakeTimers({ toFake: ['Date', 'setTimeout'] });
  try {
    const changes: boolean[] = [];
    const guard = createBreaker({ failures: 1, onChange: (_endpoint, open) => changes.push(open) });
    await failing(guard, '/a');
    vi.advanceTimersByTime(4_900);
    expect(await failing(guard, '/a')).toMatchObject({ code: 'CIRCUIT_OPEN' });
    vi.advanceTimersByTime(200);
    expect(await failing(guard, '/a')).toBeInstanceOf(TimeoutError);
    expect(await failing(guard, '/a')).toMatchObject({ code: 'CIRCUIT_OPEN' });
    vi.advanceTimersByTime(5_100);
    expect(await guard('/a', async () => 'fine')).toBe('fine');
    expect(await guard('/a', async () => 'fine')).toBe('fine');
    expect(changes).toEqual([true, true, false]);
  } finally {
    vi.useRealTimers();
  }
});

test('second attempts are at most a tenth of the calls, after ten at once', () => {
  const budget = new RetryBudget();
  const spent = Array.from({ length: 1000 }, () => {
    budget.earn();
    return budget.spend();
  }).filter(Boolean).length;
  expect(spent).toBeGreaterThan(100);
  expect(spent).toBeLessThanOrEqual(110);
});
