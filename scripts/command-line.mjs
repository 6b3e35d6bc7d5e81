// Reads how a command was called. A command that is called wrongly ends before it has done anything.
import { parseArgs } from 'node:util';

/**
 * Reads the options of this process, or of `args`. `--help` prints `usage` and ends it.
 * @param usage what the command does and how it is called.
 * @param config `args`, `options` and `allowPositionals`, as Node's parseArgs takes them.
 */
export function readCommandLine(usage, { args, options, allowPositionals } = {}) {
  try {
    const { values, positionals } = parseArgs({
      args,
      options: { ...options, help: { type: 'boolean', short: 'h' } },
      allowPositionals,
    });
    if (!values.help) return { values, positionals };
  } catch (error) {
    // The second sentence is about arguments that begin with a hyphen.
    refuseCall(error.message.split('. ')[0], usage);
  }
  console.log(usage);
  process.exit(0);
}

/** Ends a command that was called wrongly, with the reason and how it is called. */
export function refuseCall(reason, usage) {
  console.error(`${reason}\n\n${usage}`);
  process.exit(1);
}
