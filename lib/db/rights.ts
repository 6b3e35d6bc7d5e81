import 'server-only';
import type { Client } from 'pg';

/**
 * What the portal's code needs at run time, by table. `select … for update` needs `update`. Everything else belongs to
 * the owner of the schema: its definition, the triggers, `truncate`, and every other change of the two logs.
 */
export const RIGHTS: Record<string, string> = {
  users: 'select, insert, update',
  search_tokens: 'select, insert, delete',
  accounts: 'select, insert, update, delete',
  sessions: 'select, insert, update, delete',
  provider_ends: 'select, insert, update, delete',
  verification_tokens: 'select, insert, update, delete',
  details: 'select, insert, update, delete',
  // The trigger permits re-sealing, and deletion after the retention period.
  details_history: 'select, insert, update (sealed, mac), delete',
  ended_relationships: 'select, insert, update, delete',
  customers: 'select, insert, update',
  authorisations: 'select, insert, update',
  kunacore_calls: 'select, insert, update, delete',
  kunacore_contract_changes: 'select, insert, update, delete',
  incidents: 'select, insert, update',
  audit_checks: 'select, insert, update',
  // The trigger permits sealing, once.
  audit_events: 'select, insert, update (seq, kid, hash)',
  case_notes: 'select, insert, update, delete',
  approvals: 'select, insert, update',
  notifications: 'select, insert, update, delete',
  purchase_watches: 'select, insert, update, delete',
  known_devices: 'select, insert, update, delete',
  rate_limits: 'select, insert, update, delete',
};

/** Gives the run-time role exactly these rights, in one transaction. Call it as the owner. @throws the driver's error. */
export async function grantRights(client: Client, role: string): Promise<void> {
  const name = client.escapeIdentifier(role);
  const grants = Object.entries(RIGHTS).map(([table, rights]) => `grant ${rights} on public.${table} to ${name}`);
  const statements = [
    'begin',
    `revoke all on all tables in schema public, drizzle from ${name}`,
    `revoke all on all sequences in schema public, drizzle from ${name}`,
    `revoke create on schema public, drizzle from ${name}`,
    `grant usage on schema public, drizzle to ${name}`,
    `grant select on drizzle.__drizzle_migrations to ${name}`,
    `grant usage on sequence public.audit_event_ids to ${name}`,
    ...grants,
    'commit',
  ];
  await client.query(statements.join('; '));
}
