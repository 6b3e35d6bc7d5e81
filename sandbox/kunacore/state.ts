import { randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { DEFAULT_SWITCHES, type Switches } from './switches';

export interface Customer {
  id: string;
  walletId: string;
  email: string;
  firstName: string;
  lastName: string;
  country: string;
  verificationDocumentId: string;
  residenceAddress: string;
  phoneNumber: string | null;
  itn: string | null;
  externalId: string | null;
  referralId: string | null;
  comment: string | null;
  createdAt: string;
  verificationStatus: string;
  walletStatus: string;
  /** Kuna's own block: a partner cannot lift it. */
  blockedByKuna: boolean;
  /** Created by Kuna's own sign-in in the widget, not by a partner. */
  byKuna: boolean;
}

export interface Operation {
  id: string;
  walletId: string;
  type: string;
  sourceAsset: string;
  sourceAmount: string;
  targetAsset: string;
  targetAmount: string;
  fee: string;
  /** Milliseconds since the epoch. Decides the status (operations.ts). */
  createdAt: number;
  outcome: 'Completed' | 'Declined' | 'OnHold' | 'Processing';
  /** When the outcome was decided by hand (sandbox/console). It then holds at every age. */
  decidedAt?: number;
}

/** A widget token in the sandbox, by its `jti`. */
export interface Token {
  jti: string;
  customerId: string;
  userAgent: string;
  /** Seconds since the epoch. */
  exp: number;
  ended: boolean;
  opened: boolean;
}

interface Data {
  customers: Customer[];
  operations: Operation[];
  tokens: Token[];
  /** Signs the sandbox's JWTs. Stored, so that tokens survive a restart. */
  secret: string;
}

const empty = (): Data => ({ customers: [], operations: [], tokens: [], secret: randomUUID() + randomUUID() });

/** The state of the sandbox's KunaCore. With a file it survives a restart. */
export class State {
  data: Data = empty();
  switches: Switches;
  /** Added to the machine's clock, in milliseconds. */
  clockOffset = 0;
  #timer: NodeJS.Timeout | undefined;

  /** @param initial the switches at the start and after a reset. */
  constructor(
    private readonly file: string | undefined,
    private readonly initial: Switches = DEFAULT_SWITCHES,
  ) {
    this.switches = initial;
    if (file && existsSync(file))
      this.data = { ...empty(), ...(JSON.parse(readFileSync(file, 'utf8')) as Partial<Data>) };
  }

  now(): number {
    return Date.now() + this.clockOffset;
  }

  reset(): void {
    this.data = empty();
    this.switches = this.initial;
    this.clockOffset = 0;
    this.changed();
  }

  /** Writes the file soon. Call it after every change. */
  changed(): void {
    if (!this.file) return;
    this.#timer ??= setTimeout(() => this.save(), 100);
  }

  save(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (!this.file) return;
    mkdirSync(path.dirname(this.file), { recursive: true });
    writeFileSync(`${this.file}.new`, JSON.stringify(this.data));
    renameSync(`${this.file}.new`, this.file);
  }
}
