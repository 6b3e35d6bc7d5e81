import 'server-only';
import { KunaCoreError } from '@/lib/kunacore/errors';
import { describeError } from '@/lib/log/log';
import { type Person, readPeople, toShown } from '@/lib/operator/people';
import { isMeant, type Query, readQuery } from '@/lib/search/query';
import type { Services } from '@/lib/services';
import { findAtKunaCore } from './at-kunacore';
import { findByTokens, findExactly } from './own';

/** The result of a search. `kind` is what the text looked like, for the audit log. */
export type Found =
  | { result: 'empty' | 'too-short'; kind?: undefined }
  | { result: 'none' | 'too-common' | 'kuna-unavailable'; kind: Query['kind'] }
  | { result: 'found'; kind: Query['kind']; people: Person[]; more: boolean };

/** The people that a search lists. */
const MOST = 20;
/** Several people share the beginning of a long word that is told apart by index: some are found in vain. */
const CANDIDATES = 3 * MOST;

/** Finds people by what an operator typed: an id, an address, a phone number, words, or the beginnings of them. */
export async function findPeople(services: Services, typed: string): Promise<Found> {
  const query = readQuery(typed);
  if (typeof query === 'string') return { result: query };
  const own = await findOwn(services, query);
  if (own.people.length > 0) return { result: 'found', kind: query.kind, ...own };
  try {
    const people = (await readPeople(services, (await findAtKunaCore(services, query)).slice(0, MOST))).map(toShown);
    return people.length > 0
      ? { result: 'found', kind: query.kind, people, more: false }
      : { result: own.more ? 'too-common' : 'none', kind: query.kind };
  } catch (error) {
    if (!(error instanceof KunaCoreError)) throw error;
    services.log.warn({ event: 'search_without_kunacore', error: describeError(error) });
    return { result: 'kuna-unavailable', kind: query.kind };
  }
}

async function findOwn(services: Services, query: Query): Promise<{ people: Person[]; more: boolean }> {
  const exactly = await findExactly(services, query);
  if (exactly) return { people: (await readPeople(services, [exactly])).map(toShown), more: false };
  const { userIds, cut } = await findByTokens(services, query, CANDIDATES);
  // A token row that the portal did not write finds nobody, nor does the beginning of a longer word.
  const meant = (await readPeople(services, userIds)).filter(({ findable }) => isMeant(findable, query));
  const byName = meant.toSorted((one, other) => (one.name ?? '').localeCompare(other.name ?? ''));
  const more = cut || meant.length > MOST || userIds.length === CANDIDATES;
  return { people: byName.slice(0, MOST).map(toShown), more };
}
