/** Starts a PgBouncer in transaction mode on a free port, and installs it where there is none. */
export function startPgBouncer(options: {
  /** The port of the PostgreSQL server on this machine. */
  port: number;
  /** The password of each user that may connect. Empty: without a password. The first user is the default. */
  users?: Record<string, string>;
  /** Settings of pgbouncer.ini, beside or instead of the module's own. */
  settings?: Record<string, string | number>;
}): Promise<{
  port: number;
  /** Returns the address of a database through PgBouncer. */
  urlOf(database: string, user?: string): string;
  /** The file of its log. */
  log: string;
  /** Ends PgBouncer and removes its folder, as the exit of this process does. */
  stop(): void;
}>;
