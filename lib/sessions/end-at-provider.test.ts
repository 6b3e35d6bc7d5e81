import { randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import { usePortal } from '@/tests/portal';
import { endAtProvider } from './end-at-provider';

const { portal } = usePortal();

test('a logout token ends nothing when it is so old that an earlier use may be forgotten [T41]', async () => {
  const now = Math.floor(Date.now() / 1000);
  const send = (minutesAgo: number) =>
    endAtProvider(portal.services, { id: randomUUID(), issuedAt: now - minutesAgo * 60, sid: 'a', subject: null });
  expect(await send(19)).toEqual({ outcome: 'ended', sessions: 0 });
  expect(await send(21)).toEqual({ outcome: 'replayed' });
});
