import 'server-only';
import { eq, sql } from 'drizzle-orm';
import { authorisations, sessions } from '@/lib/db/schema';
import type { Services } from '@/lib/services';

/** What the buy page polls: whether the widget it shows may still be used. */
export type AuthorisationStatus =
  /** This browser was shown no token yet. */
  | { state: 'none' }
  | { state: 'live' }
  /** The token runs out within minutes. */
  | { state: 'expiring'; inSeconds: number }
  /** Its time is over by its own word; what Kuna does with a purchase under way then is Kuna's to say. */
  | { state: 'expired' }
  /** Ended by a person, here or elsewhere, or by the institution. */
  | { state: 'ended' };

const EXPIRING_SECONDS = 5 * 60;

interface Facts {
  authorisedEpoch: number | null;
  epoch: number | null;
  /** Seconds until the token's own expiry by the database's clock; null where the token names none. */
  secondsLeft: number | null;
}

/** Pure: stored facts → state. An end that was wanted counts from then, not from when KunaCore carried it out. */
export function authorisationStatus({ authorisedEpoch, epoch, secondsLeft }: Facts): AuthorisationStatus {
  if (authorisedEpoch === null || epoch === null) return { state: 'none' };
  if (epoch > authorisedEpoch) return { state: 'ended' };
  if (secondsLeft === null) return { state: 'live' };
  if (secondsLeft <= 0) return { state: 'expired' };
  return secondsLeft <= EXPIRING_SECONDS ? { state: 'expiring', inSeconds: secondsLeft } : { state: 'live' };
}

/** Returns the user's access epoch: 0 before the first one has ended. One query. @throws the driver's error. */
export async function readEpoch({ db }: Pick<Services, 'db'>, userId: string): Promise<number> {
  const [row] = await db
    .select({ epoch: authorisations.epoch })
    .from(authorisations)
    .where(eq(authorisations.userId, userId));
  return row?.epoch ?? 0;
}

/** The state of this session's authorisation: one query, KunaCore is not asked. @throws the driver's error. */
export async function readStatus({ db }: Pick<Services, 'db'>, sessionId: string): Promise<AuthorisationStatus> {
  const [row] = await db
    .select({
      authorisedEpoch: sessions.authorisedEpoch,
      epoch: authorisations.epoch,
      secondsLeft: sql<number | null>`floor(extract(epoch from ${sessions.authorisedUntil} - now()))::int`,
    })
    .from(sessions)
    .leftJoin(authorisations, eq(authorisations.userId, sessions.userId))
    .where(eq(sessions.id, sessionId));
  return row ? authorisationStatus(row) : { state: 'none' };
}
