import { getTableColumns, getTableName, type Table } from 'drizzle-orm';

/** Sends a statement on a connection of its own, without the time limits of the portal's. */
export type Execute = (statement: string, values?: unknown[]) => Promise<{ rows: Record<string, unknown>[] }>;

/** Adds rows with the same columns to a table. */
export async function insertRows(execute: Execute, table: Table, rows: object[]): Promise<void> {
  const [first] = rows;
  if (!first) return;
  const columns = Object.entries(getTableColumns(table)).filter(([property]) => property in first);
  const names = columns.map(([, { name }]) => name).join(', ');
  const named = rows.map((row) =>
    Object.fromEntries(columns.map(([property, { name }]) => [name, (row as Record<string, unknown>)[property]])),
  );
  const name = getTableName(table);
  await execute(
    `insert into ${name} (${names}) select ${names} from json_populate_recordset(null::${name}, $1::json)`,
    [JSON.stringify(named)],
  );
}

/**
 * Drops the keys and indexes of tables: they are built faster than they are kept (PostgreSQL manual, 14.4).
 * @returns what creates them again, in its order.
 */
export async function dropIndexes(execute: Execute, tables: Table[]): Promise<string[]> {
  const ofTables = `any(array[${tables.map((table) => `'${getTableName(table)}'::regclass`)}]::oid[])`;
  // Foreign keys first: the others cannot be dropped before them, and are needed for them.
  const { rows: constraints } = await execute(
    `select conrelid::regclass::text as "table", quote_ident(conname) as name, pg_get_constraintdef(oid) as definition
     from pg_constraint where contype in ('f', 'p', 'u') and (conrelid = ${ofTables} or confrelid = ${ofTables})
     order by contype`,
  );
  const { rows: indexes } = await execute(
    `select indexrelid::regclass::text as name, pg_get_indexdef(indexrelid) as definition from pg_index
     where indrelid = ${ofTables} and not exists (select from pg_constraint where conindid = indexrelid and contype in ('p', 'u'))`,
  );
  for (const { table, name } of constraints) await execute(`alter table ${table} drop constraint ${name}`);
  for (const { name } of indexes) await execute(`drop index ${name}`);
  return [
    ...indexes.map(({ definition }) => String(definition)),
    ...constraints
      .toReversed()
      .map(({ table, name, definition }) => `alter table ${table} add constraint ${name} ${definition}`),
  ];
}
