import type { PGlite, Transaction } from '@electric-sql/pglite';
import { drizzle } from 'drizzle-orm/pglite';
import pino from 'pino';
import { type Sealing, sealAudit } from '@/lib/audit/seal';
import type { AheadStore } from '@/lib/authorisations/ahead';
import { config } from '@/lib/config/config';
import { createKeyring } from '@/lib/crypto/keyring';
import * as schema from '@/lib/db/schema';
import { AFTER_DATABASE_ERROR, nextRound, type Pause } from '@/lib/server/reconciler';
import { sweep } from '@/lib/server/sweep';
import type { Services } from '@/lib/services';
import type { SimulatedKunaCore } from './kunacore';
import type { World } from './world';

/** What becomes of one statement or transaction. */
export const DATABASE_FATES = ['fine', 'not-reached', 'response-lost', 'serialization-failure'] as const;
export type DatabaseFate = (typeof DATABASE_FATES)[number];

/** A database error as the driver throws it. */
export class DatabaseFault extends Error {
  override readonly name = 'DatabaseFault';
  constructor(readonly code: string) {
    super(code);
  }
}

/** A portal process: the real code of lib/, on gates. A killed one goes nowhere from the gate it stands at. */
export class Instance {
  readonly services: Services;
  /** Fates of the next statements, in order; afterwards all are fine. */
  readonly fates: DatabaseFate[] = [];
  /** Tokens issued ahead: a process has its own. */
  readonly ahead: AheadStore = new Map();
  #alive = true;
  #pause: Pause | null = null;
  #inRound = false;

  constructor(
    readonly world: World,
    kunacore: SimulatedKunaCore,
    reviewers: number,
  ) {
    const { session, piiKeys, retentionYears } = config();
    this.services = {
      db: drizzle(new GatedEngine(this, world.engine) as unknown as PGlite, { schema }),
      kunacore: kunacore.clientFor((label, step) => this.gate(label, step)),
      keyring: createKeyring(piiKeys),
      log: pino({ level: 'silent' }),
      clock: {
        elapsed: () => world.time,
        sleep: (milliseconds) => this.#sleep(milliseconds),
        later: (milliseconds, work) => world.later(milliseconds, () => this.#alive && work()),
      },
      limits: session,
      kyc: { reviewers, retentionYears },
      sendsMail: true,
      wake: () => {},
    };
  }

  /** As by `kill -9`. */
  kill(): void {
    this.#alive = false;
    this.world.record('killed');
  }

  /** One round of the reconciler, unless one is under way. @returns the pause after it. */
  async round(): Promise<Pause | null> {
    if (this.#inRound) return null;
    this.#inRound = true;
    this.#pause = await this.#roundAndSweep().catch((error: unknown) => {
      if (!isDatabaseFault(error)) this.world.errors.push(error);
      return AFTER_DATABASE_ERROR;
    });
    this.#inRound = false;
    return this.#pause;
  }

  async #roundAndSweep(): Promise<Pause> {
    const pause = await nextRound(this.services, this.#pause);
    if (pause.wakeable) await sweep(this.services);
    return pause;
  }

  /** One round of the sealer, unless the database fails. */
  async seal(): Promise<Sealing> {
    return sealAudit(this.services).catch((error: unknown) => {
      if (!isDatabaseFault(error)) this.world.errors.push(error);
      return 'busy';
    });
  }

  /** A gate of the world's that a killed process does not get through. */
  async gate<T>(label: string, step: () => Promise<T> | T): Promise<T> {
    const outcome = await this.world
      .gate(label, async () => (this.#alive ? { value: await step() } : null))
      .then(
        (passed) => passed,
        (error: unknown) => ({ error }),
      );
    if (!outcome || !this.#alive) return new Promise<never>(() => {});
    if ('error' in outcome) throw outcome.error;
    return outcome.value;
  }

  async #sleep(milliseconds: number): Promise<void> {
    await this.world.sleep(milliseconds);
    if (!this.#alive) await new Promise<never>(() => {});
  }
}

/** Was it the database's fault? Drizzle wraps the driver's error. */
export function isDatabaseFault(error: unknown): boolean {
  if (error instanceof DatabaseFault) return true;
  return error instanceof Error && (error.name === 'DatabaseUnavailable' || isDatabaseFault(error.cause));
}

/** PGlite's interface as drizzle uses it: a statement or a whole transaction is one step. */
class GatedEngine {
  constructor(
    private readonly instance: Instance,
    private readonly engine: PGlite,
  ) {}

  query(...statement: Parameters<PGlite['query']>) {
    return this.#step('sql', () => this.engine.query(...statement));
  }

  transaction<T>(work: (tx: Transaction) => Promise<T>) {
    return this.#step('transaction', (fate) =>
      this.engine.transaction(async (tx) => {
        const result = await work(tx);
        // Found out at the end, as PostgreSQL does: nothing of it stays.
        if (fate === 'serialization-failure') throw new DatabaseFault('40001');
        return result;
      }),
    );
  }

  #step<T>(label: string, run: (fate: DatabaseFate) => Promise<T>): Promise<T> {
    return this.instance.gate(label, async () => {
      const fate = this.instance.fates.shift() ?? 'fine';
      if (fate === 'not-reached') throw new DatabaseFault('ECONNREFUSED');
      const result = await run(fate);
      if (fate === 'response-lost') throw new DatabaseFault('ECONNRESET');
      return result;
    });
  }
}
