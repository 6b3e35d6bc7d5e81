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
  /** Made by Kuna's own sign-in in the widget, not by a partner. */
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
  /** Milliseconds since the epoch; the status follows from it (operations.ts). */
  createdAt: number;
  outcome: 'Completed' | 'Declined' | 'OnHold';
}

/** A widget token as the sandbox remembers it, by its `jti`. */
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
  /** Signs the sandbox's JWTs; kept, so that a restart does not end every token. */
  secret: string;
}

const empty = (): Data => ({ customers: [], operations: [], tokens: [], secret: randomUUID() + randomUUID() });

/** Everything the sandbox's KunaCore knows. With a file it outlives a restart. */
export class State {
  data: Data = empty();
  switches: Switches = DEFAULT_SWITCHES;
  /** Added to the machine's clock, in milliseconds. */
  clockOffset = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(private readonly file: string | undefined) {
    if (file && existsSync(file))
      this.data = { ...empty(), ...(JSON.parse(readFileSync(file, 'utf8')) as Partial<Data>) };
  }

  now(): number {
    return Date.now() + this.clockOffset;
  }

  reset(): void {
    this.data = empty();
    this.switches = DEFAULT_SWITCHES;
    this.clockOffset = 0;
    this.changed();
  }

  /** To be called after every change: the file follows shortly. */
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
