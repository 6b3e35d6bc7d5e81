import 'server-only';
import { and, eq, inArray, or, type SQL, sql } from 'drizzle-orm';
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

/** Follows the rarest word to this many people, so that a search costs the same at every size. */
const MOST_FOLLOWED = 2_000;

/** People whose tokens match. */
interface Nominated {
  userIds: string[];
  /** Even the rarest word is one of more people than were followed, so that others may match. */
  cut: boolean;
}

/**
 * Returns people who have a token for each word, at most `limit`. Follows the rarest word and looks up the others for each
 * of its people, because a join may read all people of a common word.
 */
export async function findByTokens({ db, keyring }: Used, { words }: Query, limit: number): Promise<Nominated> {
  const conditions = words.map((word) => inArray(searchTokens.token, tokensByEveryKey(keyring, termsFor(word))));
  const [rarest, ...others] = await byRarity(db, conditions);
  if (!rarest) return { userIds: [], cut: false };
  const followed = peopleWith(db, rarest.condition).as('followed');
  // `offset 0` keeps PostgreSQL from turning the look-ups into a join.
  const alsoHave = others.map(
    ({ condition }) =>
      sql`exists (select from ${searchTokens} where ${condition} and ${searchTokens.userId} = ${followed.userId} offset 0)`,
  );
  const rows = await db
    .select({ userId: followed.userId })
    .from(followed)
    .where(and(...alsoHave))
    .limit(limit);
  return {
    userIds: [...new Set(rows.map(({ userId }) => userId))],
    cut: others.length > 0 && rarest.people >= MOST_FOLLOWED,
  };
}

function peopleWith(db: Services['db'], condition: SQL) {
  return db.select({ userId: searchTokens.userId }).from(searchTokens).where(condition).limit(MOST_FOLLOWED);
}

/** Orders the conditions of several words by how many people meet them, as far as that is counted. */
async function byRarity(db: Services['db'], conditions: SQL[]): Promise<{ condition: SQL; people: number }[]> {
  if (conditions.length < 2) return conditions.map((condition) => ({ condition, people: 0 }));
  const counts = await Promise.all(
    conditions.map((condition) => db.$count(sql`${peopleWith(db, condition)} as people`)),
  );
  return conditions
    .map((condition, word) => ({ condition, people: counts[word] ?? 0 }))
    .toSorted((one, other) => one.people - other.people);
}
