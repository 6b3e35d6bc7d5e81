import { parseArgs } from 'node:util';

/** What to measure, and how thoroughly. */
export interface Options {
  parts: string[];
  build: boolean;
  /** Rounds of every comparison. */
  runs: number;
  /** Seconds of each measurement of requests/s. */
  seconds: number;
  /** The most customers in a database. */
  customers: number;
  /** Requests between the two measurements of memory. */
  requests: number;
  /** Minutes of the load. */
  minutes: number;
  /** People who sign out in the same second at the end of the load. */
  people: number;
}

/** Reads the command line. @throws Error for an unknown option. */
export function readOptions(args: string[]): Options {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    allowNegative: true,
    options: {
      build: { type: 'boolean', default: true },
      runs: { type: 'string', default: '11' },
      seconds: { type: 'string', default: '2' },
      customers: { type: 'string', default: '1000000' },
      requests: { type: 'string', default: '10000' },
      minutes: { type: 'string', default: '10' },
      people: { type: 'string', default: '1000' },
    },
  });
  return {
    parts: positionals,
    build: values.build,
    runs: Number(values.runs),
    seconds: Number(values.seconds),
    customers: Number(values.customers),
    requests: Number(values.requests),
    minutes: Number(values.minutes),
    people: Number(values.people),
  };
}
