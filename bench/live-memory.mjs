// Loaded into a portal (with --expose-gc) to tell how much memory it really holds: after a collection of all garbage.
import { setImmediate } from 'node:timers/promises';

process.on('message', async (message) => {
  if (message !== 'live memory?') return;
  // Finalizers run between the two; what they let go of is collected by the second.
  gc();
  await setImmediate();
  gc();
  const { heapUsed, external } = process.memoryUsage();
  process.send({ liveBytes: heapUsed + external });
});
