/** A PostgreSQL server of its own, in a temporary folder on a free port; installed first where there is none. */
export function startPostgres(): Promise<{
  /** Its maintenance database. */
  url: string;
  port: number;
  createDatabase(name: string): string;
  /** Ends it and removes its folder; also happens when this process exits. */
  stop(): void;
}>;
