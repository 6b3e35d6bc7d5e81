import 'server-only';
import { eq, sql } from 'drizzle-orm';
import { authorisations, sessions } from '@/lib/db/schema';
import type { Services } from '@/lib/services';
import type { AuthorisationStatus } from './status-schema';

const EXPIRING_SECONDS = 5 * 60;

interface Facts {
  authorisedEpoch: number | null;
  epoch: number | null;
  /** Seconds until the token's own expiry by the database's clock; null where the token names none. */
  secondsLeft: number | null;
}

/** Decides the state from stored facts. An epoch that has ended counts at once, before KunaCore carries it out. */
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

/** Reads the state of this session's authorisation in one query, without calling KunaCore. @throws the driver's error. */
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
