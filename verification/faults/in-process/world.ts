import { syncBuiltinESMExports } from 'node:module';
import timers, { setImmediate as nextTurn } from 'node:timers/promises';
import { PGlite } from '@electric-sql/pglite';
import { drizzle } from 'drizzle-orm/pglite';
import { migrate } from 'drizzle-orm/pglite/migrator';
import type { Scheduler } from 'fast-check';
import * as schema from '@/lib/db/schema';
import type { ProviderEnd } from '@/lib/sessions/end-at-provider';
import type { Naming } from './people';

/** Where every schedule begins, in milliseconds since the epoch. */
const BEGINNING = Date.UTC(2030, 0, 1);

// `now()` of the portal's queries is ours: pg_catalog, which holds the real one, comes last in the search path.
const FAKE_CLOCK = `
  create table clock (time timestamptz not null);
  insert into clock values (pg_catalog.now());
  create function public.now() returns timestamptz language sql stable as 'select time from public.clock';
  set search_path = public, pg_catalog;`;

// Triggers report what the database committed, in the order of commits, whichever code did it.
const WITNESSES = `
  create function witness_epoch() returns trigger language plpgsql as $$
    begin perform pg_notify('epoch_started', new.user_id || ' ' || new.epoch || ' ' || new.last_reason); return null; end $$;
  create trigger witness_epoch after update on authorisations for each row
    when (new.epoch > old.epoch) execute function witness_epoch();
  create function witness_end() returns trigger language plpgsql as $$
    begin perform pg_notify('session_ended', old.user_id || ' ' || old.id); return null; end $$;
  create trigger witness_end after delete on sessions for each row execute function witness_end();
  create function witness_details() returns trigger language plpgsql as $$
    begin perform pg_notify('details', new.user_id || ' ' || new.version || ' ' || new.event); return null; end $$;
  create trigger witness_details after insert on details_history for each row execute function witness_details();
  create function witness_deletion() returns trigger language plpgsql as $$
    begin perform pg_notify('account_deleted', new.id::text); return null; end $$;
  create trigger witness_deletion after update on users for each row
    when (old.deleted_at is null and new.deleted_at is not null) execute function witness_deletion();`;

/** A real database with the portal's tables, in memory, whose clock the schedules set. */
export async function openSimulatedDatabase(): Promise<PGlite> {
  const engine = await PGlite.create();
  await engine.exec(FAKE_CLOCK);
  await migrate(drizzle(engine, { schema }), { migrationsFolder: 'lib/db/migrations' });
  await engine.exec(WITNESSES);
  return engine;
}

/** Something that happened and matters to the promises; `at` orders them. */
export type Happening = { at: number } & Record<string, unknown> & { what: string };

/**
 * What all portal instances of one schedule share: the database, the time, the order of things. Every statement, every
 * call of KunaCore and every pause waits at a gate, and fast-check's scheduler decides which gate opens next.
 */
export class World {
  readonly history: Happening[] = [];
  readonly errors: unknown[] = [];
  /** What the identity provider has sent. */
  readonly logoutTokens: { token: ProviderEnd; naming: Naming; sids: string[] }[] = [];
  #time = 0;
  #events = 0;
  #later: { at: number; work: () => void }[] = [];

  constructor(
    readonly engine: PGlite,
    readonly scheduler: Scheduler,
  ) {}

  /** Listens to the database until the schedule is over. */
  async listen(): Promise<() => Promise<void>> {
    const stop = [
      await this.engine.listen('epoch_started', (payload) => {
        const [user, epoch, reason] = payload.split(' ');
        this.record('epoch-started', { user, epoch, reason });
      }),
      await this.engine.listen('session_ended', (payload) => {
        const [user, session] = payload.split(' ');
        this.record('session-ended', { user, session });
      }),
      await this.engine.listen('details', (payload) => {
        const [user, version, event] = payload.split(' ');
        this.record('details', { user, version: Number(version), event });
      }),
      await this.engine.listen('account_deleted', (user) => void this.record('account-deleted', { user })),
    ];
    return async () => {
      for (const end of stop) await end();
    };
  }

  /** An empty database at the beginning of time. */
  async reset(): Promise<void> {
    // Truncated, because this database is never vacuumed, and deleted rows would slow every schedule down.
    await this.engine.exec(`
      alter table audit_events disable trigger user;
      alter table details_history disable trigger user;
      truncate audit_events, incidents, rate_limits, provider_ends, sessions, authorisations, details, details_history,
        ended_relationships, search_tokens, case_notes, approvals, notifications, purchase_watches, known_devices, customers, accounts, users;
      alter table details_history enable trigger user;
      alter table audit_events enable trigger user;`);
    await this.#setClock();
  }

  /** Milliseconds since the schedule began. */
  get time(): number {
    return this.#time;
  }

  /** The identity provider's clock, in seconds since 1970. */
  get seconds(): number {
    return Math.floor((BEGINNING + this.#time) / 1000);
  }

  async advance(milliseconds: number): Promise<void> {
    this.#time += milliseconds;
    await this.#setClock();
    const due = this.#later.filter(({ at }) => at <= this.#time);
    this.#later = this.#later.filter(({ at }) => at > this.#time);
    for (const { work } of due) work();
  }

  /** Runs `work` once this time has passed. Unlike a pause, it makes no time pass. */
  later(milliseconds: number, work: () => void): void {
    this.#later.push({ at: this.#time + milliseconds, work });
  }

  /** A pause: it ends when the scheduler says so, and never early. */
  async sleep(milliseconds: number): Promise<void> {
    // A busy machine wakes late. It also keeps a schedule short that waits in small steps.
    const wakeAt = this.#time + Math.max(milliseconds, 1_000);
    await this.gate('sleep', async () => {
      if (wakeAt > this.#time) await this.advance(wakeAt - this.#time);
    });
  }

  record(what: string, facts: Record<string, unknown> = {}): number {
    this.#events += 1;
    this.history.push({ at: this.#events, what, ...facts });
    return this.#events;
  }

  /** Waits until the scheduler opens this gate, then does the step to its end before another gate opens. */
  async gate<T>(label: string, step: () => Promise<T> | T): Promise<T> {
    let outcome: { value: T } | { error: unknown } | undefined;
    // A thenable, not a promise: the step begins when the gate opens, not before.
    const lazy = {
      // biome-ignore lint/suspicious/noThenProperty: that is what makes it lazy
      then(resolve: () => void) {
        Promise.resolve()
          .then(step)
          .then(
            (value) => {
              outcome = { value };
            },
            (error: unknown) => {
              outcome = { error };
            },
          )
          .then(resolve);
      },
    };
    await this.scheduler.schedule(lazy as unknown as Promise<void>, label);
    if (outcome && 'value' in outcome) return outcome.value;
    throw outcome?.error;
  }

  /** Opens this many gates, or as many as there are. */
  async open(gates: number): Promise<void> {
    for (let opened = 0; opened < gates; opened += 1) {
      await allAtGates();
      if (this.scheduler.count() === 0) return;
      await this.scheduler.waitOne();
    }
    await allAtGates();
  }

  /** Opens gates until none is left. @throws Error when that never happens. */
  async openAll(): Promise<void> {
    for (let opened = 0; opened < 20_000; opened += 1) {
      await allAtGates();
      if (this.scheduler.count() === 0) return;
      await this.scheduler.waitOne();
    }
    throw new Error('The schedule does not come to an end');
  }

  async #setClock(): Promise<void> {
    await this.engine.query('update clock set time = $1', [new Date(BEGINNING + this.#time).toISOString()]);
  }
}

let encrypting = 0;

/** Sealing runs on threads of its own: counted, so that every step stands at a gate before the next one opens. */
for (const name of ['encrypt', 'decrypt', 'importKey'] as const) {
  const original = crypto.subtle[name].bind(crypto.subtle) as (...args: unknown[]) => Promise<unknown>;
  Object.defineProperty(crypto.subtle, name, {
    value: async (...args: unknown[]) => {
      encrypting += 1;
      try {
        return await original(...args);
      } finally {
        encrypting -= 1;
      }
    },
  });
}

let pausing = 0;

/** A transaction that is tried again pauses for some real milliseconds (lib/db/transaction.ts): counted, too. */
const pause = timers.setTimeout;
timers.setTimeout = (async (...how: Parameters<typeof pause>) => {
  pausing += 1;
  try {
    return await pause(...how);
  } finally {
    pausing -= 1;
  }
}) as typeof pause;
syncBuiltinESMExports();

/** Waits until every step has reached its next gate. */
async function allAtGates(): Promise<void> {
  do await nextTurn();
  while (encrypting > 0 || pausing > 0);
}
