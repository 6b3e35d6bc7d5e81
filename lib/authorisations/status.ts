import 'server-only';
import { sql } from 'drizzle-orm';
import { authorisations, sessions } from '@/lib/db/schema';
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

/** The columns of a session, left-joined to its owner's authorisation, that decide the state. */
export const statusColumns = {
  authorisedEpoch: sessions.authorisedEpoch,
  epoch: authorisations.epoch,
  secondsLeft: sql<number | null>`floor(extract(epoch from ${sessions.authorisedUntil} - now()))::int`,
};
