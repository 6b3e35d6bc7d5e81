/** Starts a PostgreSQL server in a temporary folder on a free port, and installs PostgreSQL where there is none. */
export function startPostgres(): Promise<{
  /** The address of its maintenance database. */
  url: string;
  port: number;
  createDatabase(name: string): string;
  /** Ends the server and removes its folder, as the exit of this process does. */
  stop(): void;
}>;
