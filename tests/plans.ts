// Reads the plans of the portal's own statements. For tests on PostgreSQL.
import { sql } from 'drizzle-orm';
import { Client } from 'pg';
import { vi } from 'vitest';
import type { Portal } from './portal';

/** Runs `work` on a connection without the pool's time limits and without foreign keys. */
export async function onOwnConnection<T>({ services }: Portal, work: (client: Client) => Promise<T>): Promise<T> {
  const found = await services.db.execute(sql`select current_database() as name`);
  const [{ name }] = (found as unknown as { rows: [{ name: string }] }).rows;
  const url = new URL(process.env.TEST_DATABASE_URL ?? '');
  url.pathname = `/${name}`;
  const client = new Client({ connectionString: url.href });
  await client.connect();
  // Faster.
  await client.query('set session_replication_role = replica');
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

/** A statement as the driver sends it. */
export interface Statement {
  text: string;
  values: unknown[];
}

/** Returns the statements that `work` sends to the database. */
export async function statementsOf(work: () => Promise<unknown>): Promise<Statement[]> {
  const sent = vi.spyOn(Client.prototype, 'query');
  await work();
  const calls = sent.mock.calls as unknown as [string | { text: string }, unknown[]?][];
  sent.mockRestore();
  const all = calls.map(([query, values = []]) => ({ text: typeof query === 'string' ? query : query.text, values }));
  return all.filter(({ text }) => /^(select|update|delete|insert)/.test(text));
}

/** A node of a plan, with what it read. */
export interface PlanNode {
  'Node Type': string;
  'Index Name'?: string;
  'Relation Name'?: string;
  'Rows Removed by Filter'?: number;
  'Actual Rows': number;
  'Actual Loops': number;
  'Shared Hit Blocks': number;
  'Shared Read Blocks': number;
  Plans?: PlanNode[];
}

/** Executes a statement after `change` without keeping either. Returns the nodes of its plan, the outermost first. */
export async function explain(client: Client, { text, values }: Statement, change = ''): Promise<PlanNode[]> {
  await client.query('begin');
  if (change) await client.query(change);
  const { rows } = await client.query(`explain (analyze, buffers, format json) ${text}`, values);
  await client.query('rollback');
  const nodesOf = (node: PlanNode): PlanNode[] => [node, ...(node.Plans ?? []).flatMap(nodesOf)];
  return nodesOf(rows[0]['QUERY PLAN'][0].Plan);
}
