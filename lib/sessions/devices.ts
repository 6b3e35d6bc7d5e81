import 'server-only';
import Bowser from 'bowser';
import { and, desc, eq, gt, sql } from 'drizzle-orm';
import { sessions } from '@/lib/db/schema';
import type { Services } from '@/lib/services';
import type { LiveSession } from './find';

/** A signed-in browser, as its owner sees it. */
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

/** Returns a user's live sessions, the current one first, then by last activity. @throws the driver's error. */
export async function listDevices(
  { db, limits }: Pick<Services, 'db' | 'limits'>,
  current: LiveSession,
): Promise<Device[]> {
  const idleSince = sql`now() - make_interval(mins => ${limits.idleMinutes})`;
  const rows = await db
    .select()
    .from(sessions)
    .where(
      and(eq(sessions.userId, current.userId), gt(sessions.expiresAt, sql`now()`), gt(sessions.lastSeenAt, idleSince)),
    )
    .orderBy(desc(eq(sessions.id, current.id)), desc(sessions.lastSeenAt));
  const here = rows.find(({ id }) => id === current.id)?.network ?? null;
  return rows.map((row) => ({
    sessionId: row.id,
    ...describeBrowser(row.userAgent),
    signedInAt: row.createdAt,
    lastSeenAt: row.lastSeenAt,
    current: row.id === current.id,
    sameNetwork: here && row.network ? row.network === here : null,
  }));
}

function describeBrowser(userAgent: string | null): Pick<Device, 'browser' | 'system' | 'kind'> {
  if (!userAgent) return { browser: null, system: null, kind: 'unknown' };
  const { browser, os, platform } = Bowser.parse(userAgent);
  const kind = platform.type;
  return {
    browser: browser.name || null,
    system: os.name || null,
    kind: kind === 'desktop' || kind === 'mobile' || kind === 'tablet' ? kind : 'unknown',
  };
}
