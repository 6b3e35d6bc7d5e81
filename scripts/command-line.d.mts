import type { ParseArgsConfig, parseArgs } from 'node:util';

export function readCommandLine<const Config extends ParseArgsConfig>(
  usage: string,
  config?: Config,
): Pick<ReturnType<typeof parseArgs<Config>>, 'values' | 'positionals'>;
export function refuseCall(reason: string, usage: string): never;
