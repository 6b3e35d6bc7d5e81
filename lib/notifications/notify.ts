import 'server-only';
import { sql } from 'drizzle-orm';
import { notifications, users } from '@/lib/db/schema';
import type { Services } from '@/lib/services';
import type { Kind } from './kinds';

/** The failure of a message that the person has switched off. */
export const MUTED = 'muted';

/**
 * Stores the intent to send messages, in the transaction of their event: both are stored or neither is. A message about the
 * same subject is stored once. One that the person has switched off is stored as such, so that switching it on sends nothing
 * old. Stores nothing when the portal sends no mail, and for a deleted person.
 * @param subjects what each message is about: an operation's id, a version of the details, a session's id.
 * @throws the driver's error.
 */
export async function notify(
  { db, sendsMail }: Pick<Services, 'db' | 'sendsMail'>,
  userId: string,
  kind: Kind,
  ...subjects: string[]
): Promise<void> {
  if (!sendsMail || subjects.length === 0) return;
  const about = sql.join(
    subjects.map((subject) => sql`(${subject}::text)`),
    sql`, `,
  );
  await db.execute(sql`
    insert into ${notifications} (user_id, kind, subject, next_attempt_at, failure)
    select id, ${kind}, about.subject, case when muted then null else now() end, case when muted then ${MUTED} end
    from (values ${about}) as about(subject),
      (select id, ${kind} = any(muted_messages) as muted from ${users} where id = ${userId} and deleted_at is null) as person
    on conflict do nothing`);
}
