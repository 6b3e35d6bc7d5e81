import 'server-only';
import { and, eq } from 'drizzle-orm';
import { accounts } from '../db/schema';
import type { Services } from '../services';

/** A subject of an identity provider, as next-auth names it. */
export interface Subject {
  provider: string;
  providerAccountId: string;
}

/**
 * Whether the user of an address is known to the provider as somebody else: its subject names the person, an address
 * may have been given to another (OpenID Connect Core 5.7; ASVS 5.0 10.5.2). @throws the driver's error.
 */
export async function isSomebodyElse(
  { db }: Pick<Services, 'db'>,
  userId: string,
  { provider, providerAccountId }: Subject,
): Promise<boolean> {
  const ofThisProvider = eq(accounts.provider, provider);
  const [known] = await db
    .select()
    .from(accounts)
    .where(and(ofThisProvider, eq(accounts.providerAccountId, providerAccountId)));
  // A known subject is its user, whatever address it has now.
  if (known) return false;
  const [other] = await db
    .select()
    .from(accounts)
    .where(and(ofThisProvider, eq(accounts.userId, userId)));
  return other !== undefined;
}
