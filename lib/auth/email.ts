import { z } from 'zod';

const mailbox = z.email().max(254);

/**
 * One spelling per mailbox: NFKC, trimmed, lower case, ASCII only. KunaCore uses the address as its primary key, so
 * look-alikes (full-width at sign, Cyrillic o) must not become a second person. (ASVS 5.0 1.1.1, 2.2.1)
 * @returns the canonical address, or null when it is none.
 */
export function canonicalEmail(text: string): string | null {
  const canonical = text.normalize('NFKC').trim().toLowerCase();
  const parsed = mailbox.safeParse(canonical);
  // Full-width signs become ASCII under NFKC: such a spelling is an imitation, not a typing habit.
  const imitation = /[^\x20-\x7e]/.test(text.trim());
  return parsed.success && !imitation ? parsed.data : null;
}
