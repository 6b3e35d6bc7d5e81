import 'server-only';
import { eq, inArray } from 'drizzle-orm';
import { readCustomer } from '@/lib/customers/row';
import { findableColumns, openFindable } from '@/lib/customers/search-index';
import { customerState } from '@/lib/customers/state';
import { customers, details, users } from '@/lib/db/schema';
import { maskEmail } from '@/lib/email-address';
import { digitsOf, type Findable } from '@/lib/search/words';
import type { Services } from '@/lib/services';
import { fullName } from './name';
import { type Standing, standingOf } from './standing';

/** A person as the lists of the support console show them: enough to tell them apart, and no more. */
export interface Person {
  userId: string;
  /** Null before they have given details. */
  name: string | null;
  /** Masked; null when deleted, or when no key opens it. */
  email: string | null;
  /** The last four digits, or null. */
  phoneEnd: string | null;
  standing: Standing;
}

/** A person, with the data that a search compares. */
export interface ReadPerson extends Person {
  findable: Findable;
}

/** Returns these people in the order of their ids, without unknown ones. @throws the driver's error. */
export async function readPeople(
  { db, keyring }: Pick<Services, 'db' | 'keyring'>,
  userIds: string[],
): Promise<ReadPerson[]> {
  if (userIds.length === 0) return [];
  const rows = await db
    .select({ user: users, customer: customers, sealed: findableColumns })
    .from(users)
    .leftJoin(customers, eq(customers.userId, users.id))
    .leftJoin(details, eq(details.userId, users.id))
    .where(inArray(users.id, userIds));
  const byId = new Map(rows.map((row) => [row.user.id, row]));
  return userIds.flatMap((id) => {
    const row = byId.get(id);
    return row
      ? [toPerson(row.user, openFindable(keyring, row.user, row.sealed), readCustomer(keyring, row.customer))]
      : [];
  });
}

function toPerson(
  user: typeof users.$inferSelect,
  findable: Findable,
  customer: Parameters<typeof customerState>[0],
): ReadPerson {
  const { email, phoneNumber } = findable;
  const { state } = customerState(customer);
  return {
    userId: user.id,
    name: fullName(findable),
    email: email && maskEmail(email),
    phoneEnd: digitsOf(phoneNumber ?? '').slice(-4) || null,
    standing: standingOf({ deleted: user.deletedAt !== null, blocked: user.blockedAt !== null, state }),
    findable,
  };
}

/** Leaves out what only a search compares. */
export function toShown({ userId, name, email, phoneEnd, standing }: ReadPerson): Person {
  return { userId, name, email, phoneEnd, standing };
}
