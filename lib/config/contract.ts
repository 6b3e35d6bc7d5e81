import 'server-only';
import { readFileSync } from 'node:fs';
import { type Contract, contractSchema } from '@/lib/kunacore/contract';

/** Reads the file of KUNACORE_CONTRACT, which `npm run check:kunacore` wrote. @returns null when it is no such file. */
export function readContract(path: string): Contract | null {
  try {
    return contractSchema.parse(JSON.parse(readFileSync(/* turbopackIgnore: true */ path, 'utf8')));
  } catch {
    return null;
  }
}
