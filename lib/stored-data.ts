import 'server-only';
import { and, eq, isNull, sql } from 'drizzle-orm';
import { canonicalEmail } from './auth/email';
import { ConfigError } from './config';
import type { Keyring } from './crypto/keyring';
import type { Database } from './db/client';
import { auditEvents, details, users } from './db/schema';
import { emailColumns } from './users/email';

/** Its old events keep their key for ever; without it they are readable, but `npm run audit:verify` says so. */
const AUDIT = 'audit_events';

/**
 * What a portal does with the data that it finds, before it serves anybody: makes sure that every key is there, and
 * encrypts addresses of before 0003_security.sql.
 * @throws ConfigError when something was encrypted with a key that PII_KEYS no longer holds; the driver's error.
 */
export async function prepareStoredData(db: Database, keyring: Keyring): Promise<void> {
  await sealPlainAddresses(db, keyring);
  const needed = (await countByKey(db)).filter(({ table }) => table !== AUDIT);
  const missing = needed.filter(({ kid }) => !keyring.kids.includes(kid));
  if (missing.length === 0) return;
  const found = missing.map(({ kid, table, rows }) => `${rows} rows of ${table} need key "${kid}"`).join(', ');
  throw new ConfigError([{ variable: 'PII_KEYS', problem: `lacks a key: ${found}. Add it behind the others` }]);
}

/** How many rows each key still protects; what `npm run keys:rotate` brings down to one key. */
export async function countByKey(db: Database): Promise<{ table: string; kid: string; rows: number }[]> {
  const kid = (column: unknown) => sql<string>`split_part(${column}, '.', 2)`;
  const rows = sql<number>`count(*)::int`;
  const address = kid(users.email);
  const claims = kid(users.claimsSealed);
  const detail = kid(details.documentNumber);
  const byTable = {
    'users (address)': await db
      .select({ kid: address, rows })
      .from(users)
      .where(sql`${users.email} <> ''`)
      .groupBy(address),
    'users (claims)': await db
      .select({ kid: claims, rows })
      .from(users)
      .where(sql`${users.claimsSealed} is not null`)
      .groupBy(claims),
    details: await db.select({ kid: detail, rows }).from(details).groupBy(detail),
    [AUDIT]: await db.select({ kid: auditEvents.kid, rows }).from(auditEvents).groupBy(auditEvents.kid),
  };
  return Object.entries(byTable).flatMap(([table, found]) => found.map((one) => ({ table, ...one })));
}

async function sealPlainAddresses(db: Database, keyring: Keyring): Promise<void> {
  const plain = await db
    .select({ id: users.id, email: users.email })
    .from(users)
    .where(and(isNull(users.emailIndex), isNull(users.deletedAt)));
  for (const { id, email } of plain) {
    const canonical = canonicalEmail(email);
    if (!canonical) continue;
    await db
      .update(users)
      .set(emailColumns(keyring, id, canonical))
      .where(and(eq(users.id, id), isNull(users.emailIndex)));
  }
}
