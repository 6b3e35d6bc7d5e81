// The outbox against a mail server and senders that fail at any instant.
// ASVS 5.0: 6.3.5 6.3.7
import { randomUUID } from 'node:crypto';
import { and, eq, sql } from 'drizzle-orm';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { notifications, users } from '@/lib/db/schema';
import { deleteUser } from '@/lib/privacy/delete-user';
import { fuzzRuns } from '@/tests/fuzz';
import { addUser, usePortal } from '@/tests/portal';
import { type Mailer, MailUnavailable, type Message, MessageRefused } from './mailer';
import { notify } from './notify';
import { Sender, sweepMessages } from './outbox';
import { readChosenKinds, saveChosenKinds } from './preferences';

const { portal } = usePortal();

/** A mail server that accepts messages, after what `before` does about each. */
function mailbox(before: (message: Message) => void = () => {}) {
  const accepted: Message[] = [];
  const mailer: Mailer = {
    async send(message) {
      before(message);
      accepted.push(message);
    },
    close() {},
  };
  return { accepted, sender: new Sender(() => mailer) };
}

async function rows(userId: string) {
  return portal.services.db.select().from(notifications).where(eq(notifications.userId, userId));
}

/** Lets every pause of the outbox pass. */
async function passTime(): Promise<void> {
  await portal.services.db
    .update(notifications)
    .set({ nextAttemptAt: sql`now()` })
    .where(sql`${notifications.nextAttemptAt} is not null`);
}

async function userWith(kind: Parameters<typeof notify>[2], ...subjects: string[]) {
  const user = await addUser(portal.services);
  await notify(portal.services, user.id, kind, ...subjects);
  return user;
}

test('sends a message once to the address of today, however often its event is seen', async () => {
  const user = await userWith('purchase-completed', 'op-1', 'op-2');
  await notify(portal.services, user.id, 'purchase-completed', 'op-2', 'op-3');
  const { sender, accepted } = mailbox();
  expect(await sender.round(portal.services)).toBe('idle');
  expect(await sender.round(portal.services)).toBe('idle');
  expect(accepted.map(({ to, subject }) => [to, subject]).sort()).toEqual(
    ['op-1', 'op-2', 'op-3'].map((subject) => [user.email, subject]),
  );
  expect((await rows(user.id)).every(({ sentAt, nextAttemptAt }) => sentAt && nextAttemptAt === null)).toBe(true);
});

test('stores nothing with a transaction that is rolled back', async () => {
  const user = await addUser(portal.services);
  const failed = portal.services.db.transaction(async (tx) => {
    await notify({ ...portal.services, db: tx }, user.id, 'details-changed', '2');
    throw new Error('rolled back');
  });
  await expect(failed).rejects.toThrow('rolled back');
  expect(await rows(user.id)).toEqual([]);
});

test('stores nothing without a mail server', async () => {
  const user = await addUser(portal.services);
  await notify({ ...portal.services, sendsMail: false }, user.id, 'new-device', randomUUID());
  expect(await rows(user.id)).toEqual([]);
});

test('loses nothing while the mail server is down, and asks it once a round', async () => {
  const user = await userWith('purchase-declined', 'op-1', 'op-2', 'op-3');
  let isDown = true;
  let asked = 0;
  const { sender, accepted } = mailbox(() => {
    asked += 1;
    if (isDown) throw new MailUnavailable('ECONNECTION');
  });
  for (let round = 0; round < 30; round += 1) {
    await passTime();
    expect(await sender.round(portal.services)).toBe('unavailable');
  }
  expect(asked).toBe(30);
  isDown = false;
  await passTime();
  expect(await sender.round(portal.services)).toBe('idle');
  expect(accepted.map(({ subject }) => subject).sort()).toEqual(['op-1', 'op-2', 'op-3']);
  // The outage counts as no attempt.
  const ended = (await rows(user.id)).map(({ failure, attempts }) => [failure, attempts]);
  expect(ended).toEqual([
    [null, 1],
    [null, 1],
    [null, 1],
  ]);
});

test.each([
  [550, 'refused-550', false],
  [451, 'deferred-451', true],
])('records a refusal with %i of one message, and sends the others', async (status, failure, isDue) => {
  const user = await userWith('purchase-on-hold', 'refused', 'op-1');
  const { sender, accepted } = mailbox(({ subject }) => {
    if (subject === 'refused') throw new MessageRefused(status);
  });
  expect(await sender.round(portal.services)).toBe('idle');
  expect(accepted).toHaveLength(1);
  const refused = (await rows(user.id)).find(({ subject }) => subject === 'refused');
  expect(refused).toMatchObject({ failure, sentAt: null, attempts: 1 });
  expect(refused?.nextAttemptAt !== null).toBe(isDue);
});

test.each([
  ['six days, 25 answers', 6, 24, 'refused-452', false],
  ['six days, most of them an outage', 6, 3, 'deferred-452', true],
  ['four days, 100 answers', 4, 99, 'deferred-452', true],
])('a message that the server defers: %s', async (_, days, attempts, failure, isDue) => {
  const user = await userWith('ready', 'c-1');
  await portal.services.db
    .update(notifications)
    .set({ createdAt: sql`now() - make_interval(days => ${days})`, attempts })
    .where(eq(notifications.userId, user.id));
  const { sender } = mailbox(() => {
    throw new MessageRefused(452);
  });
  await sender.round(portal.services);
  const [message] = await rows(user.id);
  expect(message).toMatchObject({ failure, attempts: attempts + 1 });
  expect(message?.nextAttemptAt !== null).toBe(isDue);
});

test('sends nothing that a person has switched off, neither later when it is switched on', async () => {
  const user = await addUser(portal.services);
  await notify(portal.services, user.id, 'ready', 'before');
  await saveChosenKinds(portal.services, user.id, ['purchase-declined']);
  expect(await readChosenKinds(portal.services, user.id)).toEqual(['purchase-declined']);
  await notify(portal.services, user.id, 'ready', 'after');
  await notify(portal.services, user.id, 'new-device', randomUUID());
  const { sender, accepted } = mailbox();
  await sender.round(portal.services);
  await saveChosenKinds(portal.services, user.id, ['ready']);
  await sender.round(portal.services);
  expect(accepted.map(({ kind }) => kind)).toEqual(['new-device']);
  const off = and(eq(notifications.userId, user.id), eq(notifications.failure, 'muted'));
  expect(await portal.services.db.$count(notifications, off)).toBe(2);
});

test('deletes the messages of a person with the account, and sends none stored at that moment', async () => {
  const user = await userWith('ready', 'c-1');
  await deleteUser(portal.services, user.id);
  expect(await rows(user.id)).toEqual([]);
  await portal.services.db.insert(notifications).values({ userId: user.id, kind: 'ready', subject: 'late' });
  const { sender, accepted } = mailbox();
  await sender.round(portal.services);
  expect([accepted, await rows(user.id)]).toEqual([[], []]);
});

test('sweeps messages that are older than 400 days', async () => {
  const user = await userWith('ready', 'old', 'new');
  await portal.services.db
    .update(notifications)
    .set({ createdAt: sql`now() - interval '401 days'` })
    .where(eq(notifications.subject, 'old'));
  expect(await sweepMessages(portal.services)).toBe(false);
  expect(await rows(user.id)).toMatchObject([{ subject: 'new' }]);
});

test('gives up a message whose address no key opens, and tells support by its record', async () => {
  const user = await userWith('ready', 'c-1');
  await portal.services.db.update(users).set({ email: 'changed' }).where(eq(users.id, user.id));
  await mailbox().sender.round(portal.services);
  expect(await rows(user.id)).toMatchObject([{ failure: 'no-address', nextAttemptAt: null }]);
});

/** What becomes of one attempt. `killed`: the sender dies, before or after the server accepted. */
const FATES = ['sent', 'down', 'deferred', 'answer-lost', 'killed-before', 'killed-after'] as const;

test('50 purchases: every message is stored once and accepted at least once, under any faults', async () => {
  const fates = fc.array(fc.constantFrom(...FATES), { minLength: 1, maxLength: 60 });
  const senders = fc.constantFrom(1, 2);
  const schedule = fc.asyncProperty(fates, senders, async (planned, instances) => {
    await portal.empty();
    const user = await addUser(portal.services);
    const operations = Array.from({ length: 50 }, (_, number) => `op-${number}`);
    const left = [...planned];
    const accepted: string[] = [];
    let duplicable = 0;
    const mailerOf = (die: () => void): Mailer => ({
      async send({ id }) {
        const fate = left.shift() ?? 'sent';
        if (fate === 'down') throw new MailUnavailable('ECONNECTION');
        if (fate === 'deferred') throw new MessageRefused(451);
        if (fate !== 'killed-before') accepted.push(id);
        if (fate === 'answer-lost' || fate === 'killed-after') duplicable += 1;
        if (fate === 'answer-lost') throw new MailUnavailable('ECONNECTION');
        if (fate === 'sent') return;
        // Nothing of this process happens any more, and no promise of it settles.
        die();
        await new Promise<never>(() => {});
      },
      close() {},
    });
    const play = async () => {
      const died = new AbortController();
      const dead = new Promise<void>((resolve) => died.signal.addEventListener('abort', () => resolve()));
      const sender = new Sender(() => mailerOf(() => died.abort()));
      await Promise.race([sender.round(portal.services), dead]);
    };
    await notify(portal.services, user.id, 'purchase-completed', ...operations);
    const isOver = async () => (await rows(user.id)).every(({ nextAttemptAt }) => nextAttemptAt === null);
    while (!(await isOver())) {
      await passTime();
      await notify(portal.services, user.id, 'purchase-completed', ...operations);
      await Promise.all(Array.from({ length: instances }, play));
    }
    const stored = await rows(user.id);
    expect(stored.map(({ subject }) => subject).sort()).toEqual([...operations].sort());
    expect(new Set(accepted)).toEqual(new Set(stored.map(({ id }) => id)));
    // One delivery more at most for each lost answer, and it is the same mail.
    expect(accepted.length - stored.length).toBeLessThanOrEqual(duplicable);
  });
  await fc.assert(schedule, { ...fuzzRuns(4), interruptAfterTimeLimit: 60_000 });
}, 120_000);
