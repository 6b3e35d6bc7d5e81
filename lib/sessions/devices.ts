import 'server-only';
import Bowser from 'bowser';
import { and, desc, eq, gt, sql } from 'drizzle-orm';
import { sessions } from '@/lib/db/schema';
import type { Services } from '@/lib/services';

/** A signed-in browser. */
export interface Device {
  sessionId: string;
  /** For example `Firefox`; null when unknown. */
  browser: string | null;
  /** For example `Windows`; null when unknown. */
  system: string | null;
  kind: 'desktop' | 'mobile' | 'tablet' | 'unknown';
  signedInAt: Date;
  lastSeenAt: Date;
  current: boolean;
  /** Signed in from the same network as the current device; null when unknown. */
  sameNetwork: boolean | null;
}

/**
 * Returns a user's live sessions, the current one first, then by last activity.
 * @param current the session to compare with; null where an operator asks. @throws the driver's error.
 */
export async function listDevices(
  { db, limits }: Pick<Services, 'db' | 'limits'>,
  userId: string,
  current: string | null = null,
): Promise<Device[]> {
  const idleSince = sql`now() - make_interval(mins => ${limits.idleMinutes})`;
  const rows = await db
    .select()
    .from(sessions)
    .where(and(eq(sessions.userId, userId), gt(sessions.expiresAt, sql`now()`), gt(sessions.lastSeenAt, idleSince)))
    .orderBy(desc(sessions.lastSeenAt));
  const isCurrent = ({ id }: { id: string }) => id === current;
  const here = rows.find(isCurrent)?.network ?? null;
  const currentFirst = rows.toSorted((one, other) => Number(isCurrent(other)) - Number(isCurrent(one)));
  return currentFirst.map((row) => ({
    sessionId: row.id,
    ...describeBrowser(row.userAgent),
    signedInAt: row.createdAt,
    lastSeenAt: row.lastSeenAt,
    current: isCurrent(row),
    sameNetwork: here && row.network ? row.network === here : null,
  }));
}

/** Returns the names of a browser and its system. */
export function describeBrowser(userAgent: string | null): Pick<Device, 'browser' | 'system' | 'kind'> {
  if (!userAgent) return { browser: null, system: null, kind: 'unknown' };
  const { browser, os, platform } = Bowser.parse(userAgent);
  const kind = platform.type;
  return {
    browser: browser.name || null,
    system: os.name || null,
    kind: kind === 'desktop' || kind === 'mobile' || kind === 'tablet' ? kind : 'unknown',
  };
}
