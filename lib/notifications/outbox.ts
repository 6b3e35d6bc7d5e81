import 'server-only';
import { eq, isNotNull, lt, lte, type SQL, sql } from 'drizzle-orm';
import { LANGUAGES } from '@/lib/choices';
import { notifications, sessions, users } from '@/lib/db/schema';
import { describeError } from '@/lib/log/log';
import type { Services } from '@/lib/services';
import { readEmail } from '@/lib/users/email-columns';
import { type Mailer, MailUnavailable, type Message, MessageRefused } from './mailer';
import { MUTED } from './notify';

// The outbox is state, like the reconciler's work: a row without `sent_at` is a message to send, whatever happened to the
// process that stored it. What is promised, and what SMTP cannot promise, is in docs/decisions/065-mail-outbox.md.

/** Limits the messages of one round, and those that are sent at the same time. */
const BATCH = 500;
const PARALLEL = 4;

/**
 * How long another sender leaves a taken message alone. A live sender renews it, because a mail server may take ten minutes
 * for its last answer (RFC 5321 4.5.3.2.6) and a second attempt would be a second delivery.
 */
export const LEASE_SECONDS = 30;
const RENEW_MS = 10_000;

/** The pause after the mail server was unavailable. The first message of the next round tries it again. */
const UNAVAILABLE_SECONDS = 30;
/** A message that the server keeps deferring is given up after so long (RFC 5321 4.5.4.1: four to five days). */
const GIVE_UP_DAYS = 5;
/** Not before so many answers, because an outage may have taken most of these days. */
const GIVE_UP_ATTEMPTS = 24;

/** The result of a round. */
export type SendRound = 'idle' | 'more' | 'unavailable';

type UsedServices = Pick<Services, 'db' | 'keyring' | 'log' | 'clock'>;

/** Sends what is due. Several instances share the work: each message is taken with its lease. */
export class Sender {
  /** Accepted by the server, but not marked yet because the database failed. */
  readonly #accepted = new Set<string>();

  constructor(private readonly mailer: () => Mailer) {}

  /**
   * Runs one round: one message at a time until the server accepts one, then a few. Ends at the first sign that the server
   * is unavailable, so that an outage costs one connection.
   * @param isOver tells when no further message may be taken.
   * @throws the driver's error.
   */
  async round(services: UsedServices, isOver = () => false): Promise<SendRound> {
    for (const id of this.#accepted) await this.#markSent(services, id);
    const mailer = this.mailer();
    try {
      let left = BATCH;
      let isAnswered = false;
      let isUnavailable = false;
      const sendOne = async () => {
        if (left === 0 || isUnavailable || isOver()) return false;
        left -= 1;
        const message = await takeNext(services);
        if (!message) return false;
        const answer = await this.#send(services, mailer, message);
        if (answer === 'unavailable') isUnavailable = true;
        else isAnswered = true;
        return !isUnavailable;
      };
      const worker = async () => {
        while (await sendOne());
      };
      while (!isAnswered && (await sendOne()));
      // All end before the mailer is closed, also after an error of one.
      const ended = isAnswered ? await Promise.allSettled(Array.from({ length: PARALLEL }, worker)) : [];
      for (const one of ended) if (one.status === 'rejected') throw one.reason;
      if (isUnavailable) return 'unavailable';
      return left === 0 ? 'more' : 'idle';
    } finally {
      mailer.close();
    }
  }

  async #send(services: UsedServices, mailer: Mailer, taken: Taken): Promise<'answered' | 'unavailable'> {
    const message = await readMessage(services, taken.id);
    if (!message) return 'answered';
    const stopRenewing = keepLease(services, taken.id);
    const failure = await mailer.send(message).then(
      () => null,
      (error: unknown) => ({ error }),
    );
    // Before the outcome is stored, which a renewal would undo.
    stopRenewing();
    if (failure) return recordFailure(services, message, taken, failure.error);
    this.#accepted.add(taken.id);
    await this.#markSent(services, taken.id);
    return 'answered';
  }

  async #markSent({ db }: UsedServices, id: string): Promise<void> {
    await db
      .update(notifications)
      .set({ sentAt: sql`now()`, nextAttemptAt: null, failure: null })
      .where(eq(notifications.id, id));
    this.#accepted.delete(id);
  }
}

interface Taken {
  id: string;
  userId: string;
  /** This one included. */
  attempts: number;
}

/** Takes one due message. The attempt is counted and the next one planned, in case this process does not finish. */
async function takeNext({ db }: UsedServices): Promise<Taken | null> {
  const next = db
    .select({ id: notifications.id })
    .from(notifications)
    .where(lte(notifications.nextAttemptAt, sql`now()`))
    .orderBy(notifications.nextAttemptAt)
    .limit(1)
    .for('no key update', { skipLocked: true });
  const [taken] = await db
    .update(notifications)
    .set({ attempts: sql`${notifications.attempts} + 1`, nextAttemptAt: later(LEASE_SECONDS) })
    .where(sql`${notifications.id} = (${next})`)
    .returning({ id: notifications.id, userId: notifications.userId, attempts: notifications.attempts });
  return taken ?? null;
}

/**
 * Reads what the text needs.
 * @returns null when the message is not to be sent any more: the person has deleted the account or switched it off, or no
 * key opens the address.
 */
async function readMessage(services: UsedServices, id: string): Promise<Message | null> {
  const { db, keyring } = services;
  const [found] = await db
    .select({ message: notifications, user: users, userAgent: sessions.userAgent })
    .from(notifications)
    .innerJoin(users, eq(users.id, notifications.userId))
    .leftJoin(sessions, sql`${notifications.kind} = 'new-device' and ${sessions.id}::text = ${notifications.subject}`)
    .where(eq(notifications.id, id));
  if (!found) return null;
  const { message, user, userAgent } = found;
  const { kind, subject, createdAt } = message;
  const to = readEmail(keyring, user);
  if (user.deletedAt) await db.delete(notifications).where(eq(notifications.id, id));
  else if (user.mutedMessages.includes(kind)) await giveUp(services, id, MUTED);
  else if (!to) await giveUp(services, id, 'no-address');
  if (user.deletedAt || user.mutedMessages.includes(kind) || !to) return null;
  const chosen = user.language ?? user.signInLanguage;
  const language = LANGUAGES.find((known) => known === chosen) ?? null;
  return { id, kind, subject, createdAt, to, language, userAgent };
}

/** Renews the lease of a message until the returned function is called. */
function keepLease({ db }: UsedServices, id: string): () => void {
  const renew = () =>
    void db
      .update(notifications)
      .set({ nextAttemptAt: later(LEASE_SECONDS) })
      .where(sql`${notifications.id} = ${id} and ${isNotNull(notifications.nextAttemptAt)}`)
      .catch(() => {});
  const timer = setInterval(renew, RENEW_MS);
  return () => clearInterval(timer);
}

async function recordFailure(
  services: UsedServices,
  { kind, createdAt }: Message,
  { id, userId, attempts }: Taken,
  error: unknown,
): Promise<'answered' | 'unavailable'> {
  if (error instanceof MailUnavailable) {
    services.log.warn({ event: 'mail_server_unavailable', error: describeError(error) });
    // The server's fault, so that it counts against no message.
    await postpone(services, id, later(UNAVAILABLE_SECONDS), 'unavailable', attempts - 1);
    return 'unavailable';
  }
  const refusal = error instanceof MessageRefused ? error : null;
  const code = refusal ? String(refusal.status) : 'error';
  const isOld = Date.now() - createdAt.getTime() > GIVE_UP_DAYS * 86_400_000;
  if (refusal?.isFinal || (isOld && attempts > GIVE_UP_ATTEMPTS)) {
    services.log.error({ event: 'message_refused', userId, kind, code });
    await giveUp(services, id, `refused-${code}`);
  } else {
    if (!refusal) services.log.error({ event: 'message_failed', userId, kind, error: describeError(error) });
    // A minute, doubling to an hour, with jitter.
    const longest = Math.min(3600, 60 * 2 ** (attempts - 1));
    await postpone(services, id, later(sql`${longest}::integer * (0.5 + random() / 2)`), `deferred-${code}`, attempts);
  }
  return 'answered';
}

async function giveUp({ db }: UsedServices, id: string, failure: string): Promise<void> {
  await db.update(notifications).set({ failure, nextAttemptAt: null }).where(eq(notifications.id, id));
}

async function postpone(
  { db }: UsedServices,
  id: string,
  nextAttemptAt: SQL,
  failure: string,
  attempts: number,
): Promise<void> {
  await db.update(notifications).set({ failure, nextAttemptAt, attempts }).where(eq(notifications.id, id));
}

function later(seconds: number | SQL): SQL {
  return sql`now() + make_interval(secs => ${seconds})`;
}

/** Messages that are not sent yet. */
export interface PendingMessages {
  count: number;
  /** Seconds since the oldest of them was stored; null when there is none. */
  oldestSeconds: number | null;
}

/** Counts the messages that wait. @throws the driver's error. */
export async function pendingMessages({ db }: Pick<Services, 'db'>): Promise<PendingMessages> {
  const [row] = await db
    .select({
      count: sql<number>`count(*)::int`,
      oldestSeconds: sql<number | null>`floor(extract(epoch from now() - min(${notifications.createdAt})))::int`,
    })
    .from(notifications)
    .where(isNotNull(notifications.nextAttemptAt));
  return { count: row?.count ?? 0, oldestSeconds: row?.oldestSeconds ?? null };
}

/** How long messages are kept. Longer than a purchase is watched, so that none is reported again (watch.ts). */
const KEPT_DAYS = 400;
const SWEEP = 1_000;

/** Deletes messages whose time is over. @returns whether there may be more. @throws the driver's error. */
export async function sweepMessages({ db }: Pick<Services, 'db'>): Promise<boolean> {
  const over = db
    .select({ id: notifications.id })
    .from(notifications)
    .where(lt(notifications.createdAt, sql`now() - make_interval(days => ${KEPT_DAYS})`))
    .orderBy(notifications.createdAt)
    .limit(SWEEP)
    .for('update', { skipLocked: true });
  const deleted = await db
    .delete(notifications)
    .where(sql`${notifications.id} = any(array(${over}))`)
    .returning({ id: notifications.id });
  return deleted.length === SWEEP;
}
