import 'server-only';
import { Worker } from 'node:worker_threads';

const TICK_MS = 1_000;
const MISSED_TICKS = 20;

/**
 * Ends this process when its event loop has stood still for 20 s: the embedded database does that on a full disk, and
 * whoever supervises the process can only start it again once it is gone. It watches from a thread of its own and
 * counts its own ticks, so a machine that slept, or a process that was stopped as a whole, does not count.
 * @returns how to stop watching.
 */
export function watchEventLoop(missedTicks = MISSED_TICKS): () => void {
  const heartbeat = new Int32Array(new SharedArrayBuffer(4));
  const timer = setInterval(() => Atomics.add(heartbeat, 0, 1), TICK_MS / 2);
  const workerData = { heartbeat, missedTicks, tick: TICK_MS, pid: process.pid };
  // Not with this process's own options: they may ask for another kind of source.
  const worker = new Worker(WATCHER, { eval: true, execArgv: [], workerData });
  timer.unref();
  worker.unref();
  return () => {
    clearInterval(timer);
    void worker.terminate();
  };
}

// Text, because a bundler would not find a file. Only SIGKILL ends a process whose event loop stands still.
const WATCHER = `
  const { workerData: { heartbeat, missedTicks, tick, pid } } = require('node:worker_threads');
  const { writeSync } = require('node:fs');
  let last = -1, missed = 0;
  setInterval(() => {
    const now = Atomics.load(heartbeat, 0);
    missed = now === last ? missed + 1 : 0;
    last = now;
    if (missed < missedTicks) return;
    writeSync(2, JSON.stringify({ level: 60, event: 'event_loop_frozen', missedTicks: missed }) + '\\n');
    process.kill(pid, 'SIGKILL');
  }, tick);
`;
