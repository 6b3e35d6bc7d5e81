import 'server-only';
import { and, eq, inArray, or, type SQL } from 'drizzle-orm';
import { z } from 'zod';
import { customers, searchTokens, users } from '@/lib/db/schema';
import { typedEmail } from '@/lib/email-address';
import { type Query, termsFor } from '@/lib/search/query';
import { tokensByEveryKey } from '@/lib/search/tokens';
import type { Services } from '@/lib/services';
import { hasEmail } from '@/lib/users/email-columns';

type Used = Pick<Services, 'db' | 'keyring'>;

/** Returns the user whose id, external id, customer id, wallet id or whole address this is, or null. */
export async function findExactly({ db, keyring }: Used, { kind, text }: Query): Promise<string | null> {
  if (kind === 'email') {
    const email = typedEmail(text);
    if (!email) return null;
    const [user] = await db.select({ id: users.id }).from(users).where(hasEmail(keyring, email));
    return user?.id ?? null;
  }
  if (z.uuid().safeParse(text).success) {
    const [user] = await db.select({ id: users.id }).from(users).where(eq(users.id, text));
    if (user) return user.id;
    const byExternalId = await findCustomerBy(db, eq(customers.externalId, text));
    if (byExternalId) return byExternalId;
  }
  return findCustomerBy(db, or(eq(customers.customerId, text), eq(customers.walletId, text)));
}

async function findCustomerBy(db: Services['db'], condition: SQL | undefined): Promise<string | null> {
  const [row] = await db.select({ userId: customers.userId }).from(customers).where(condition).limit(1);
  return row?.userId ?? null;
}

/** Returns people who have a token for each word, at most `limit`. The longest word, the rarest, leads. */
export async function findByTokens({ db, keyring }: Used, { words }: Query, limit: number): Promise<string[]> {
  if (words.length === 0) return [];
  const [first, ...others] = words
    .toSorted((one, other) => other.length - one.length)
    .map((word) => inArray(searchTokens.token, tokensByEveryKey(keyring, termsFor(word))));
  const alsoHave = others.map((token) => {
    const withToken = db.select({ userId: searchTokens.userId }).from(searchTokens).where(token);
    return inArray(searchTokens.userId, withToken);
  });
  const rows = await db
    .select({ userId: searchTokens.userId })
    .from(searchTokens)
    .where(and(first, ...alsoHave))
    .limit(limit);
  return [...new Set(rows.map(({ userId }) => userId))];
}
