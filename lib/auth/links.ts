import 'server-only';
import { lt, sql } from 'drizzle-orm';
import { verificationTokens } from '../db/schema';
import type { Services } from '../services';

/** Forgets links that nobody opened in time. @throws the driver's error. */
export async function sweepLinks({ db }: Pick<Services, 'db'>): Promise<void> {
  await db.delete(verificationTokens).where(lt(verificationTokens.expiresAt, sql`now()`));
}
