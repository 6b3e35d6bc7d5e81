import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { DEFAULT_SWITCHES, type Switches, switchesSchema } from './switches';

/** The part of kunacore.contract.json that the sandbox follows; docs/kunacore-contract.md describes the file. */
const contractFile = z.object({
  version: z.literal(1),
  host: z.string(),
  answers: z.record(z.string(), z.object({ answer: z.unknown() })),
});

/** The switches of a KunaCore that was asked. */
export interface ContractSwitches {
  host: string;
  switches: Switches;
  /** Switches whose answer is not known, or not one that the sandbox can give. They keep their default. */
  unknown: (keyof Switches)[];
}

/** Reads the switches from a file that `npm run check:kunacore` wrote. @throws Error when it is no such file. */
export function readContractSwitches(file: string): ContractSwitches {
  const { host, answers } = contractFile.parse(JSON.parse(readFileSync(file, 'utf8')));
  const { shape } = switchesSchema.unwrap();
  const names = Object.keys(shape) as (keyof Switches)[];
  const known = names.filter((name) => shape[name].safeParse(answers[name]?.answer).success);
  const answered = Object.fromEntries(known.map((name) => [name, answers[name]?.answer]));
  return {
    host,
    switches: switchesSchema.parse({ ...DEFAULT_SWITCHES, ...answered }),
    unknown: names.filter((name) => !known.includes(name)),
  };
}
