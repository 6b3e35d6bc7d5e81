import 'server-only';
import { createHash, randomBytes } from 'node:crypto';
import { eq, lt, sql } from 'drizzle-orm';
import { cookies } from 'next/headers';
import { deviceCookie, deviceCookieName } from '@/lib/auth/cookies';
import { config } from '@/lib/config/config';
import type { Database } from '@/lib/db/client';
import { knownDevices } from '@/lib/db/schema';
import type { Services } from '@/lib/services';

// A sign-in from a browser that a person has not used before is reported to them. The cookie decides about this message
// alone, never about who signs in.

/** Browsers keep a cookie for at most 400 days (RFC 6265bis 5.5). */
const KEPT_DAYS = 400;

/** Returns the mark of the requesting browser, and has the browser keep it. A browser without one gets a new one. */
export async function deviceMark(): Promise<string> {
  const { secure } = config();
  const jar = await cookies();
  const kept = jar.get(deviceCookieName(secure))?.value ?? '';
  const mark = /^[\w-]{43}$/.test(kept) ? kept : randomBytes(32).toString('base64url');
  jar.set(deviceCookie(secure, mark, KEPT_DAYS * 86_400));
  return mark;
}

/**
 * Records that a person signs in with a browser, in the transaction of the sign-in.
 * @returns whether the browser is new to a person who has others: not at the first sign-in of all.
 * @throws the driver's error.
 */
export async function recordDevice(tx: Database, userId: string, mark: string): Promise<boolean> {
  const others = await tx.$count(knownDevices, eq(knownDevices.userId, userId));
  const markHash = createHash('sha256').update(`${userId} ${mark}`).digest('base64url');
  const [stored] = await tx
    .insert(knownDevices)
    .values({ userId, markHash })
    .onConflictDoUpdate({ target: [knownDevices.userId, knownDevices.markHash], set: { lastSeenAt: sql`now()` } })
    .returning({ isNew: sql<boolean>`xmax = 0` });
  return others > 0 && stored?.isNew === true;
}

const SWEEP = 1_000;

/** Deletes browsers whose cookie has expired. @returns whether there may be more. @throws the driver's error. */
export async function sweepDevices({ db }: Pick<Services, 'db'>): Promise<boolean> {
  const over = db
    .select({ ctid: sql`ctid` })
    .from(knownDevices)
    .where(lt(knownDevices.lastSeenAt, sql`now() - make_interval(days => ${KEPT_DAYS})`))
    .orderBy(knownDevices.lastSeenAt)
    .limit(SWEEP)
    .for('update', { skipLocked: true });
  const deleted = await db
    .delete(knownDevices)
    .where(sql`ctid = any(array(${over}))`)
    .returning({ userId: knownDevices.userId });
  return deleted.length === SWEEP;
}
