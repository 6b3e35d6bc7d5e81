// A portal's process with its background work alone: the real code that notices purchases and sends messages.
import { prepareDatabaseWith } from '@/lib/db/database';
import { keepRunning, notifying } from '@/lib/server/background';
import { getServices } from '@/lib/services';

prepareDatabaseWith(async () => {});
await getServices();
for (const work of notifying()) void keepRunning(work);
process.send?.('ready');
// Its own timers do not keep a process alive.
setInterval(() => {}, 60_000);
