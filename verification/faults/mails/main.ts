import { type ChildProcess, fork } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseEnv } from 'node:util';
import { sql } from 'drizzle-orm';
import { config } from '@/lib/config/config';
import { createKeyring } from '@/lib/crypto/keyring';
import { boundCustomers } from '@/lib/customers/row';
import { openDatabase } from '@/lib/db/client';
import { customers, notifications, purchaseWatches, users } from '@/lib/db/schema';
import { LEASE_SECONDS } from '@/lib/notifications/outbox';
import { emailColumns } from '@/lib/users/email-columns';
import { startPostgres } from '../../../scripts/postgres.mjs';
import { Random } from '../processes/random';
import { freePorts } from '../processes/stack';
import { type Purchase, startKunaCore } from './kunacore';

/** What to play. */
export interface MailOrder {
  purchases: number;
  seed: number;
  database: 'embedded' | 'postgres';
}

const PURCHASES_EACH = 20;
/** Purchases begin and end within these times from the start. */
const BEGIN_WITHIN_MS = 30_000;
const END_WITHIN_MS = 60_000;
/** Killed until so many are delivered, or for so long. Afterwards nothing is killed, and everything must be delivered. */
const DELIVERED_UNDER_FAULTS = 0.9;
const MOST_FAULTS_MS = 360_000;
const DRAIN_MS = 300_000;
/** Longer than the outbox and a watch pause. Nothing more comes when nothing came for so long. */
const STILL_MS = 75_000;
/** After a portal has started, it dies within so many statements of the database: a message is three, a look about six. */
const MOST_INSTANTS = 2_000;
/** A portal also dies at the instant that the mail server accepts a message, one time in so many. */
const DIES_AT_ACCEPTANCE = 60;
const MAIL_DIES = '0.01';
const LONGEST_LIFE_MS = 30_000;

interface Delivery {
  messageId: string;
  to: string;
  subject: string;
  operation: string;
  content: string;
}

/**
 * Plays purchases while the portal and the mail server are killed at random, and compares what arrived with what happened.
 * @returns whether every message was stored once and delivered, and each further delivery was the same mail.
 */
export async function playMails({ purchases: count, seed, database }: MailOrder): Promise<boolean> {
  const began = performance.now();
  const random = new Random(seed);
  const folder = mkdtempSync(path.join(tmpdir(), 'portal-mails-'));
  const purchases = plan(count, random);
  const kunacore = await startKunaCore(purchases, random);
  const postgres = database === 'postgres' ? await startPostgres() : null;
  const [port = 0] = await freePorts(1);
  const settings = {
    ...(parseEnv(readFileSync('.env.example', 'utf8')) as Record<string, string>),
    KUNACORE_API_URL: kunacore.url,
    EMAIL_SERVER: `smtp://127.0.0.1:${port}`,
    DATA_DIR: path.join(folder, 'data'),
    DATABASE_URL: postgres ? postgres.createDatabase('portal') : '',
    LOG_LEVEL: 'silent',
    NODE_ENV: 'production' as const,
  };
  Object.assign(process.env, settings);
  const stage = new Stage(folder, { ...process.env, ...settings }, port, random);
  try {
    await seedCustomers(purchases);
    await stage.play(purchases.length);
    const stored = await readStored();
    return report({ purchases, stored, stage, seconds: (performance.now() - began) / 1000, seed, database });
  } finally {
    stage.stop();
    kunacore.close();
    postgres?.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

function plan(count: number, random: Random): Purchase[] {
  const now = Date.now();
  const wallets = Array.from({ length: Math.ceil(count / PURCHASES_EACH) }, () => randomUUID());
  return Array.from({ length: count }, (_, index) => {
    const begins = now + random.below(BEGIN_WITHIN_MS);
    const outcome = random.of(['Completed', 'Completed', 'Completed', 'Declined', 'OnHold'] as const);
    const ends = begins + random.below(END_WITHIN_MS - BEGIN_WITHIN_MS);
    return { id: randomUUID(), walletId: wallets[index % wallets.length] ?? '', begins, ends, outcome };
  });
}

/** Stores customers who have just opened the widget. */
async function seedCustomers(purchases: Purchase[]): Promise<void> {
  const { piiKeys, database } = config();
  const keyring = createKeyring(piiKeys);
  const { db, close } = await openDatabase(database);
  for (const walletId of new Set(purchases.map((purchase) => purchase.walletId))) {
    const id = randomUUID();
    await db.insert(users).values({ id, ...emailColumns(keyring, id, `${walletId}@example.com`) });
    const bound = { userId: id, externalId: randomUUID(), customerId: randomUUID(), walletId };
    await db.insert(customers).values({ ...bound, state: 'linked', mac: boundCustomers.mac(keyring, bound) });
    await db.insert(purchaseWatches).values({ userId: id, since: sql`now()`, nextLookAt: sql`now()` });
  }
  await close();
}

async function readStored(): Promise<(typeof notifications.$inferSelect)[]> {
  const { db, close } = await openDatabase(config().database);
  const rows = await db.select().from(notifications);
  await close();
  return rows;
}

/** The processes, and what kills them. */
class Stage {
  readonly kills = { portal: 0, mailServer: 0 };
  /** Messages delivered before the last kill. */
  underFaults = 0;
  readonly #mails: string;
  readonly #fault: string;
  #isOver = false;
  #portal: ChildProcess | undefined;
  #mailServer: ChildProcess | undefined;

  constructor(
    folder: string,
    private readonly env: NodeJS.ProcessEnv,
    private readonly port: number,
    private readonly random: Random,
  ) {
    this.#mails = path.join(folder, 'mails');
    this.#fault = path.join(folder, 'fault');
    writeFileSync(this.#mails, '');
  }

  get #delivered(): number {
    return new Set(this.deliveries.map(({ messageId }) => messageId)).size;
  }

  get deliveries(): Delivery[] {
    const lines = readFileSync(this.#mails, 'utf8').split('\n').filter(Boolean);
    return lines.map((line) => JSON.parse(line) as Delivery);
  }

  /** Kills while purchases go on, then lets everything be delivered. */
  async play(expected: number): Promise<void> {
    const until = Date.now() + MOST_FAULTS_MS;
    const isOver = () => Date.now() > until || this.#delivered >= DELIVERED_UNDER_FAULTS * expected;
    await Promise.all([this.#keepPortal(isOver), this.#keepMailServer(isOver)]);
    this.#isOver = true;
    this.underFaults = this.#delivered;
    await Promise.all([this.#startPortal(), this.#startMailServer('0')]);
    const end = Date.now() + DRAIN_MS;
    for (let last = { at: Date.now(), delivered: -1 }; Date.now() < end; await sleep(1_000)) {
      const delivered = this.#delivered;
      if (delivered > last.delivered) last = { at: Date.now(), delivered };
      if (delivered >= expected || Date.now() - last.at > STILL_MS) break;
    }
    // Whatever a killed portal had taken is sent again by now, and whatever was sent is marked.
    await sleep((LEASE_SECONDS + 10) * 1_000);
    this.stop();
    await Promise.all([this.#portal, this.#mailServer].map((child) => child && ended(child)));
  }

  stop(): void {
    for (const child of [this.#portal, this.#mailServer]) child?.kill('SIGKILL');
  }

  async #keepPortal(isOver: () => boolean): Promise<void> {
    while (!isOver()) {
      const portal = await this.#startPortal();
      writeFileSync(this.#fault, String(this.random.below(MOST_INSTANTS)));
      // An idle one reaches no instant: it is killed by the clock.
      const late = setTimeout(() => portal.kill('SIGKILL'), LONGEST_LIFE_MS);
      await ended(portal);
      clearTimeout(late);
      this.kills.portal += 1;
    }
  }

  async #keepMailServer(isOver: () => boolean): Promise<void> {
    while (!isOver()) {
      const server = await this.#startMailServer(MAIL_DIES);
      await Promise.race([ended(server), sleep(1_000 + this.random.below(12_000))]);
      server.kill('SIGKILL');
      await ended(server);
      this.kills.mailServer += 1;
      await sleep(this.random.below(1_500));
    }
  }

  async #startPortal(): Promise<ChildProcess> {
    if (existsSync(this.#fault)) rmSync(this.#fault);
    const kill = ['--import', new URL('../processes/kill.mjs', import.meta.url).href];
    this.#portal = await this.#start('portal.ts', [...process.execArgv, ...kill], { FAULT_FILE: this.#fault });
    return this.#portal;
  }

  async #startMailServer(dies: string): Promise<ChildProcess> {
    const own = { MAIL_PORT: String(this.port), MAIL_FILE: this.#mails, MAIL_DIES: dies };
    this.#mailServer = await this.#start('mail-server.mjs', [], own);
    this.#mailServer.on('message', () => {
      // Between the acceptance and the mark: nothing can be known here, so that the message is sent again.
      if (!this.#isOver && this.random.below(DIES_AT_ACCEPTANCE) === 0) this.#portal?.kill('SIGKILL');
    });
    return this.#mailServer;
  }

  async #start(script: string, execArgv: string[], own: Record<string, string>): Promise<ChildProcess> {
    const file = fileURLToPath(new URL(script, import.meta.url));
    const child = fork(file, { execArgv, env: { ...this.env, ...own } });
    await Promise.race([once(child, 'message'), once(child, 'exit')]);
    if (child.exitCode !== null) throw new Error(`${script} does not start`);
    return child;
  }
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
}

interface Played {
  purchases: Purchase[];
  stored: (typeof notifications.$inferSelect)[];
  stage: Stage;
  seconds: number;
}

function report({ purchases, stored, stage, seconds, seed, database }: Played & Omit<MailOrder, 'purchases'>): boolean {
  const { deliveries, kills } = stage;
  const kinds = { Completed: 'purchase-completed', Declined: 'purchase-declined', OnHold: 'purchase-on-hold' } as const;
  const expected = purchases.map(({ id, outcome }) => `${kinds[outcome]} ${id}`);
  const kept = stored.map(({ kind, subject }) => `${kind} ${subject}`);
  const first = new Map(deliveries.map((delivery) => [delivery.messageId, delivery]));
  const delivered = [...first.values()];
  const idOf = ({ messageId }: Delivery) => messageId.slice(1).split('@')[0];
  const isAddressed = ({ operation, to }: Delivery) =>
    purchases.some(({ id, walletId }) => id === operation && to === `${walletId}@example.com`);
  const problems = {
    'not stored': missing(expected, kept),
    'stored without a purchase, or more than once': kept.length - new Set(kept).size + missing(kept, expected),
    'not marked as sent': stored.filter(({ sentAt }) => !sentAt).length,
    'never delivered': stored.filter(({ id }) => !delivered.some((delivery) => idOf(delivery) === id)).length,
    'delivered under more than one Message-ID':
      delivered.length - new Set(delivered.map(({ operation }) => operation)).size,
    'delivered again as another mail': deliveries.filter((one) => first.get(one.messageId)?.content !== one.content)
      .length,
    'to another person': deliveries.filter((delivery) => !isAddressed(delivery)).length,
  };
  const broken = Object.entries(problems).filter(([, number]) => number > 0);
  const again = deliveries.length - delivered.length;
  console.log(
    `mails: ${purchases.length} purchases, ${stored.length} messages stored, ${delivered.length} mails by Message-ID, ` +
      `${again} deliveries more of the same mails, ${stage.underFaults} delivered between kills, ${kills.portal} kills of the portal, ` +
      `${kills.mailServer} of the mail server, ${seconds.toFixed(0)} s with ${database} (seed ${seed})`,
  );
  for (const [problem, number] of broken) console.log(`BROKEN: ${number} ${problem}`);
  return broken.length === 0;
}

function missing(wanted: string[], found: string[]): number {
  const known = new Set(found);
  return wanted.filter((one) => !known.has(one)).length;
}
