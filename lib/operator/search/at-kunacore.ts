import 'server-only';
import { inArray } from 'drizzle-orm';
import { boundCustomers } from '@/lib/customers/row';
import { customers } from '@/lib/db/schema';
import type { CustomerSearch } from '@/lib/kunacore/customers';
import { RejectedError } from '@/lib/kunacore/errors';
import { isMeant, type Query } from '@/lib/search/query';
import type { Services } from '@/lib/services';

/**
 * Returns the users whose customer KunaCore finds: by an operation's id, or by data that differs from ours. Compares the
 * rows, because KunaCore documents neither exact nor partial matches. Customers of other origin are left out.
 * @throws KunaCoreError; the driver's error.
 */
export async function findAtKunaCore(services: Services, query: Query): Promise<string[]> {
  const ids = query.kind === 'id' ? await customersById(services, query) : await customersByData(services, query);
  if (ids.length === 0) return [];
  const rows = await services.db.select().from(customers).where(inArray(customers.customerId, ids));
  return rows.filter((row) => boundCustomers.isIntact(services.keyring, row)).map(({ userId }) => userId);
}

async function customersById(services: Services, { text }: Query): Promise<string[]> {
  const operation = await orNothing(services.kunacore.getOperation(text));
  const walletId = operation?.walletId ?? text;
  const found = await orNothing(services.kunacore.findCustomers({ walletId }));
  return (found ?? []).filter((customer) => customer.walletId === walletId).map(({ id }) => id);
}

async function customersByData({ kunacore }: Services, query: Query): Promise<string[]> {
  const criteria = criteriaOf(query);
  if (!criteria) return [];
  const found = await orNothing(kunacore.findCustomers({ ...criteria, take: TAKE }));
  const meant = (found ?? []).filter((customer) => isMeant({ ...customer, email: customer.email ?? null }, query));
  return meant.map(({ id }) => id);
}

/** As many as KunaCore surely gives at once. */
const TAKE = 50;

/** Returns what KunaCore is asked for, or null for a part of a phone number, which its search does not document. */
function criteriaOf({ kind, text, words: [word = ''] }: Query): CustomerSearch | null {
  if (kind === 'email') return { email: text.toLowerCase() };
  if (kind === 'phone') return WHOLE_NUMBER.test(word) ? { phoneNumber: `+${word}` } : null;
  return { fullName: text };
}

/** Digits with a country's code. */
const WHOLE_NUMBER = /^[1-9]\d{10,}$/;

/** Returns undefined where KunaCore's answer is that there is nothing of the kind. */
async function orNothing<T>(call: Promise<T>): Promise<T | undefined> {
  try {
    return await call;
  } catch (error) {
    if (error instanceof RejectedError && error.isFinal) return undefined;
    throw error;
  }
}
