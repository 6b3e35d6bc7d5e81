import { fork } from 'node:child_process';
import path from 'node:path';

/** A request that the load generator sends again and again. */
export interface Target {
  url: string;
  method?: string;
  headers?: Record<string, string>;
  body?: string;
}

/** What came back. */
export interface Load {
  /** The number of responses by status, or by the code of a connection's error. */
  statuses: Record<string, number>;
  milliseconds: number[];
  seconds: number;
  perSecond: number;
}

export interface Order {
  targets: Target[];
  connections: number;
  until: { seconds: number } | { requests: number };
}

/** Sends requests from a process of its own. @throws Error when a response has another status than 200. */
export async function generateLoad(order: Order): Promise<Load> {
  const load = await sendLoad(order);
  if (Object.keys(load.statuses).some((status) => status !== '200'))
    throw new Error(`${order.targets[0]?.url}: ${JSON.stringify(load.statuses)}`);
  return load;
}

/** Does the same, and accepts every response. @throws Error when the process ends without a result. */
export function sendLoad(order: Order): Promise<Load> {
  const child = fork(path.join(import.meta.dirname, 'load-process.mjs'), { execArgv: [] });
  child.send(order);
  return new Promise((resolve, reject) => {
    child.once('message', (load) => resolve(load as Load));
    child.once('exit', (code) => reject(new Error(`the load generator ended (${code})`)));
  });
}
