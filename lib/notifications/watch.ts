import 'server-only';
import { sql } from 'drizzle-orm';
import { purchaseWatches } from '@/lib/db/schema';
import type { Services } from '@/lib/services';

/** How soon purchases are looked at after the widget was opened: a payment takes at least so long. */
const FIRST_LOOK_SECONDS = 30;

/**
 * Starts to watch a customer's purchases, or keeps watching, because the customer opens the widget. Purchases that began
 * before the first time are not reported.
 * @throws the driver's error.
 */
export async function watchPurchases(
  { db, sendsMail }: Pick<Services, 'db' | 'sendsMail'>,
  userId: string,
): Promise<void> {
  if (!sendsMail) return;
  const soon = sql`now() + make_interval(secs => ${FIRST_LOOK_SECONDS})`;
  await db
    .insert(purchaseWatches)
    .values({ userId, since: sql`now()`, nextLookAt: soon })
    .onConflictDoUpdate({
      target: purchaseWatches.userId,
      set: { activeAt: sql`now()`, attempts: 0, nextLookAt: sql`least(${purchaseWatches.nextLookAt}, ${soon})` },
    });
}
