import 'server-only';
import { log } from '@/lib/log/log';
import { singleton } from '@/lib/singleton';

/** What the opening of the database can wait for (docs/databases.md). */
export type WaitReason =
  | 'the database'
  | 'npm run db:migrate'
  | 'the migration of another instance'
  | 'a lock on a table'
  | 'its own migration'
  | 'the check of stored data';

const FIRST_PAUSE_MS = 10_000;
const LONGEST_PAUSE_MS = 60_000;

/** Tells the log and /api/health/ready what the opening waits for. */
export class Waiting {
  #reason: WaitReason | null = null;
  #since = 0;
  #nextLine = 0;
  #pause = 0;

  /** Records a reason, without a line in the log. */
  begin(reason: WaitReason): void {
    if (reason === this.#reason) return;
    this.#reason = reason;
    this.#since = Date.now();
    this.#nextLine = this.#since;
    this.#pause = 0;
  }

  /** Records a reason and logs it: at once, then less and less often. Repeat the call while the reason lasts. */
  report(reason: WaitReason, fields: { event: string; [field: string]: unknown } = { event: 'start_waits' }): void {
    this.begin(reason);
    if (Date.now() < this.#nextLine) return;
    log().warn({ ...fields, waitsFor: reason, seconds: this.#seconds() });
    this.#pause = this.#pause ? Math.min(LONGEST_PAUSE_MS, this.#pause * 2) : FIRST_PAUSE_MS;
    this.#nextLine = Date.now() + this.#pause;
  }

  end(): void {
    if (this.#pause > 0) log().info({ event: 'start_waited', waitedFor: this.#reason, seconds: this.#seconds() });
    this.#reason = null;
    this.#pause = 0;
  }

  /** Returns the present reason; null when nothing is waited for. */
  get current(): { waitsFor: WaitReason; seconds: number } | null {
    return this.#reason && { waitsFor: this.#reason, seconds: this.#seconds() };
  }

  #seconds(): number {
    return Math.round((Date.now() - this.#since) / 1000);
  }
}

/** Returns what this process's database waits for (database.ts). */
export const databaseWait = () => singleton('database-wait', () => new Waiting());
