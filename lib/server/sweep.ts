import 'server-only';
import { closeWindows } from '@/lib/audit/counted';
import { sweepHistory } from '@/lib/customers/retention';
import { sweepCalls } from '@/lib/integration/calls';
import { sweepContractChanges } from '@/lib/integration/contract-changes';
import { indexNextForSearch } from '@/lib/maintenance/index-for-search';
import { sweepMessages } from '@/lib/notifications/outbox';
import type { Services } from '@/lib/services';
import { sweepProviderEnds } from '@/lib/sessions/end-at-provider';
import { sweepDevices } from '@/lib/sign-in/known-device';
import { sweepLinks } from '@/lib/sign-in/links';

/** Sweeping is tidying up: an ended window counts nothing and an expired link signs nobody in. */
export const SWEEP_EVERY_MS = 60_000;

/**
 * Deletes what has expired and nothing waits for: windows of counted requests and events, sign-in links, ends that the
 * identity provider told, history whose retention period is over, counts of calls, messages and
 * browsers that were not used for long. Makes people of older versions
 * findable. Works in small transactions, by index. Several instances can sweep at once: each skips what another has locked.
 * @throws the driver's error.
 */
export async function sweep(services: Services): Promise<void> {
  while (await closeWindows(services));
  while (await sweepLinks(services));
  while (await sweepProviderEnds(services));
  while (await sweepHistory(services));
  while (await sweepCalls(services));
  await sweepContractChanges(services);
  while (await sweepMessages(services));
  while (await sweepDevices(services));
  while (await indexNextForSearch(services));
}
