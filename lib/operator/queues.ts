import 'server-only';
import { type SQL, sql } from 'drizzle-orm';
import { z } from 'zod';
import {
  authorisations,
  customers,
  hasBlock,
  isInReview,
  isNotBlocked,
  isUndecided,
  isUnrevoked,
  isWaiting,
  users,
} from '@/lib/db/schema';
import type { Services } from '@/lib/services';
import { type Person, readPeople, toShown } from './people';
import { microsOf, timeOf } from './position';
import { COUNTED, QUEUES, type Queue } from './queue-names';

const MATTERS = [
  'undecided',
  'in-review',
  'waiting-long',
  'revocation-late',
  'waiting',
  'revocation',
  'blocked',
  'none',
] as const;
/** Why a person is in a queue; the console says what to do about it. */
export type Matter = (typeof MATTERS)[number];

/** A matter of a person. Two matters of one person are two lines. */
export interface QueueLine extends Person {
  matter: Matter;
  /** Since when the matter is open; in `all`, since when they have an account. */
  since: Date;
}

const PAGE = 50;

/** KunaCore verifies within minutes and revokes at once. Beyond this, support should ask. */
const LONG_AGO = sql`now() - interval '1 day'`;
const LATE = sql`now() - interval '5 minutes'`;

/** The rows of one matter, which one partial index holds in the order of `since`. */
interface Source {
  matter: Matter;
  rows: SQL;
  id: SQL;
  since: SQL;
}

const ofCustomers = { id: sql`${customers.userId}`, since: sql`${customers.stateSince}` };
const ofAuthorisations = { id: sql`${authorisations.userId}`, since: sql`${authorisations.epochStartedAt}` };
const waiting = sql`${customers} where ${isWaiting(customers)}`;
const unrevoked = sql`${authorisations} where ${isUnrevoked(authorisations)}`;

const SOURCES: Record<Queue, Source[]> = {
  'needs-us': [
    {
      ...ofCustomers,
      matter: 'undecided',
      rows: sql`${customers} where ${isUndecided(customers)}`,
    },
    {
      id: sql`${customers.userId}`,
      since: sql`${customers.reviewSince}`,
      matter: 'in-review',
      rows: sql`${customers} where ${isInReview(customers)} and ${isNotBlocked(customers)}`,
    },
    { ...ofCustomers, matter: 'waiting-long', rows: sql`${waiting} and ${customers.stateSince} < ${LONG_AGO}` },
    // Of blocked people too: their access must end.
    {
      ...ofAuthorisations,
      matter: 'revocation-late',
      rows: sql`${unrevoked} and ${authorisations.epochStartedAt} < ${LATE}`,
    },
  ],
  waiting: [
    { ...ofCustomers, matter: 'waiting', rows: sql`${waiting} and ${customers.stateSince} >= ${LONG_AGO}` },
    {
      ...ofAuthorisations,
      matter: 'revocation',
      rows: sql`${unrevoked} and ${authorisations.epochStartedAt} >= ${LATE}`,
    },
  ],
  blocked: [
    {
      id: sql`${users.id}`,
      since: sql`${users.blockedAt}`,
      matter: 'blocked',
      rows: sql`${users} where ${hasBlock(users)}`,
    },
  ],
  all: [
    {
      id: sql`${users.id}`,
      since: sql`${users.createdAt}`,
      matter: 'none',
      rows: sql`${users} where ${users.deletedAt} is null`,
    },
  ],
};

/** Who waits is helped in turn; of the others, the newest come first. */
const OLDEST_FIRST: Queue[] = ['needs-us', 'waiting'];

/** The last line of a page: its time in microseconds, and its id. */
const position = z.tuple([z.string().regex(/^\d{1,16}$/), z.uuid()]);

/**
 * Returns a page of a queue. Each page is found by the last line of the one before, so that a late page costs no more
 * than the first.
 * @param after `next` of the page before; anything else gives the first page.
 * @throws the driver's error.
 */
export async function readQueue(
  services: Pick<Services, 'db' | 'keyring'>,
  queue: Queue,
  after: string | null,
): Promise<{ lines: QueueLine[]; next: string | null }> {
  const found = await services.db.execute(pageOf(queue, position.safeParse(after?.split('.')).data));
  const matters = rowSchema.array().parse((found as unknown as { rows: unknown[] }).rows);
  const shown = matters.slice(0, PAGE);
  const people = new Map(
    (
      await readPeople(
        services,
        shown.map(({ id }) => id),
      )
    ).map((one) => [one.userId, one]),
  );
  const last = shown.at(-1);
  return {
    lines: shown.flatMap(({ id, matter, micros }) => {
      const person = people.get(id);
      return person ? [{ ...toShown(person), matter, since: new Date(Number(micros) / 1000) }] : [];
    }),
    next: last && matters.length > PAGE ? `${last.micros}.${last.id}` : null,
  };
}

const rowSchema = z.object({ id: z.uuid(), micros: z.string(), matter: z.enum(MATTERS) });

function pageOf(queue: Queue, after: [string, string] | undefined): SQL {
  const [direction, beyond] = OLDEST_FIRST.includes(queue) ? [sql`asc`, sql`>`] : [sql`desc`, sql`<`];
  const end = sql`order by since ${direction}, id ${direction} limit ${PAGE + 1}`;
  const parts = SOURCES[queue].map(({ matter, rows, id, since }) => {
    const later = after ? sql`and (${since}, ${id}) ${beyond} (${timeOf(after[0])}, ${after[1]}::uuid)` : sql``;
    return sql`(select ${id} as id, ${since} as since, ${matter} as matter from ${rows} ${later} ${end})`;
  });
  return sql`select id, ${microsOf(sql`since`)} as micros, matter
    from (${sql.join(parts, sql` union all `)}) as matters ${end}`;
}

/** Returns the number of matters in each queue, at most one more than COUNTED. @throws the driver's error. */
export async function countQueues({ db }: Pick<Services, 'db'>): Promise<Record<Queue, number>> {
  // Ordered as the index is, so that it is used.
  const bounded = ({ rows, since }: Source) =>
    sql`(select count(*) from (select 1 from ${rows} order by ${since} desc limit ${COUNTED + 1}) as counted)`;
  const counts = QUEUES.map(
    (queue) => sql`(${sql.join(SOURCES[queue].map(bounded), sql` + `)})::int as ${sql.identifier(queue)}`,
  );
  const found = await db.execute(sql`select ${sql.join(counts, sql`, `)}`);
  const [row] = countSchema.array().parse((found as unknown as { rows: unknown[] }).rows);
  if (!row) throw new Error('no counts');
  return row;
}

const countSchema = z.record(z.enum(QUEUES), z.number());
