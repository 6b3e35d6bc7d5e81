import { isDeepStrictEqual } from 'node:util';
import { consentText } from '@/lib/customers/consent-texts';
import { toKunaCore } from '@/lib/customers/create';
import { type HistoryRow, readHistory, type VersionContent } from '@/lib/customers/history';
import type { Services } from '@/lib/services';
import type { SimulatedKunaCore } from './kunacore';
import type { Person } from './people';
import type { Happening, World } from './world';

/** A version of a person's details, and its places in the order of events. */
interface Version {
  row: HistoryRow;
  /** As KunaCore is given it. */
  given: { email: string };
  storedAt: number;
  /** Undefined when too few operators accepted it. */
  acceptedAt: number | undefined;
}

/** What the history says of one person, in two ways: as rows, and in the order in which they were committed. */
export class DetailsHistory {
  readonly versions: Version[];
  readonly #events: Happening[];

  private constructor(
    readonly world: World,
    readonly person: Person,
    readonly rows: { row: HistoryRow; content: unknown }[],
  ) {
    this.#events = world.history.filter(({ what, user }) => what === 'details' && user === person.id);
    this.versions = rows
      .filter(({ row }) => row.event === 'stored')
      .map(({ row, content }) => this.#version(row, content as VersionContent));
  }

  static async read(store: Pick<Services, 'db' | 'keyring'>, world: World, person: Person): Promise<DetailsHistory> {
    return new DetailsHistory(world, person, await readHistory(store, person.id));
  }

  #version(row: HistoryRow, { email, details }: VersionContent): Version {
    const at = (event: string) => this.events(event).filter(({ version }) => version === row.version);
    const storedAt = Number(at('stored')[0]?.at);
    const acceptedAt = row.reviewers === 0 ? storedAt : at('accepted')[row.reviewers - 1]?.at;
    return { row, given: { email, ...toKunaCore(details) }, storedAt, acceptedAt };
  }

  events(event: string): Happening[] {
    return this.#events.filter((happening) => happening.event === event);
  }

  /** Returns when the person last took the right to hand over, before an event: by a withdrawal, or by a deletion. */
  endedBefore(at: number): number {
    const deletions = this.world.history.filter(
      ({ what, user }) => what === 'account-deleted' && user === this.person.id,
    );
    return Math.max(0, ...[...this.events('withdrawn'), ...deletions].map((end) => end.at).filter((end) => end < at));
  }

  /** Returns the newest version that KunaCore should hold in the end. */
  get newest(): Version | undefined {
    const ended = this.endedBefore(Number.POSITIVE_INFINITY);
    return this.versions.findLast(({ storedAt, acceptedAt }) => acceptedAt !== undefined && storedAt > ended);
  }

  get ofVersion(): Map<number, Version> {
    return new Map(this.versions.map((version) => [version.row.version, version]));
  }
}

/**
 * I13: KunaCore is given accepted details alone, and only while the consent to them is given; each hand-over has its version
 * in the history, with the wording agreed to; and what is accepted is handed over in the end.
 */
export function handoversAmiss(
  details: DetailsHistory,
  kunacore: SimulatedKunaCore,
  end: { state: string | null; customer_id: string | null } | undefined,
): string[] {
  return [
    ...callsAmiss(details),
    ...consentsAmiss(details),
    ...recordsAmiss(details),
    ...leftUndone(details, kunacore, end),
  ].map((what) => `${what} (${details.person.email})`);
}

/** What the portal sent, whether or not it arrived. */
function callsAmiss(details: DetailsHistory): string[] {
  const calls = details.world.history.filter(({ what, body }) => what === 'call' && isOf(details.person, body));
  return calls.flatMap(({ at, body }) => {
    const same = details.versions.filter(({ given }) => isSame(given, body));
    if (same.length === 0) return ['I13: KunaCore was given details that the history does not have'];
    const accepted = same.filter(({ acceptedAt }) => acceptedAt !== undefined && acceptedAt < at);
    if (accepted.length === 0) return ['I13: KunaCore was given details that were not accepted'];
    const ended = details.endedBefore(at);
    if (accepted.some(({ storedAt }) => storedAt > ended)) return [];
    return ['I13: KunaCore was given details after a withdrawal or a deletion'];
  });
}

/** A version holds a wording that is known, and a consent that was not withdrawn before. */
function consentsAmiss(details: DetailsHistory): string[] {
  return details.versions.flatMap(({ row, storedAt }) => {
    const before = details.events('withdrawn').findLast(({ at }) => at < storedAt);
    const withdrawal = details.rows.find(
      (other) => other.row.event === 'withdrawn' && other.row.version === before?.version,
    );
    return [
      ...(consentText(row.consentVersion) ? [] : [`I13: version ${row.version} has no wording`]),
      ...(withdrawal && row.consentedAt < withdrawal.row.at
        ? [`I13: version ${row.version} rests on a consent that was withdrawn`]
        : []),
    ];
  });
}

/** The record of each hand-over names a version with its consent, which KunaCore has been given. */
function recordsAmiss(details: DetailsHistory): string[] {
  const { history } = details.world;
  return details.rows
    .filter(({ row }) => row.event === 'handed-over')
    .flatMap(({ row }) => {
      const version = details.ofVersion.get(row.version);
      const recorded = details.events('handed-over').find((event) => event.version === row.version);
      const arrived = history.some(
        (happening) =>
          (happening.what === 'created' || happening.what === 'update') &&
          version !== undefined &&
          isSame(version.given, happening) &&
          happening.at < Number(recorded?.at),
      );
      const isAgreed =
        version?.row.consentVersion === row.consentVersion &&
        version.row.consentedAt.getTime() === row.consentedAt.getTime();
      return [
        ...(arrived ? [] : [`I13: version ${row.version} was not handed over, and the history says so`]),
        ...(isAgreed ? [] : [`I13: the hand-over of version ${row.version} names another consent`]),
      ];
    });
}

/** I6, I9: nothing accepted is left undone, and its hand-over is in the history. */
function leftUndone(
  details: DetailsHistory,
  kunacore: SimulatedKunaCore,
  end: { state: string | null; customer_id: string | null } | undefined,
): string[] {
  const { newest } = details;
  if (!newest || !end) return [];
  const { state, customer_id: customerId } = end;
  if (state === 'creating') return [`I9: version ${newest.row.version} is accepted, and there is no customer`];
  if (state !== 'linked') return [];
  const customer = kunacore.customers.find(({ id }) => id === customerId);
  // Kuna may change a customer's address itself.
  const { email: _email, ...held } = newest.given;
  if (!customer || !isSame(held, customer)) return ['I6: KunaCore does not hold the newest accepted details'];
  const isRecorded = details.events('handed-over').some(({ version }) => version === newest.row.version);
  return isRecorded ? [] : [`I13: KunaCore has version ${newest.row.version}, and the history does not say so`];
}

/** Does a call hand over details of this person? A link and a block of the wallet do not. */
function isOf({ email }: Person, body: unknown): boolean {
  const sent = (body ?? {}) as Record<string, unknown>;
  return sent.email === email && 'residenceAddress' in sent;
}

function isSame(given: object, sent: unknown): boolean {
  const values = sent as Record<string, unknown>;
  return Object.entries(given).every(([name, value]) => isDeepStrictEqual(values[name], value));
}
