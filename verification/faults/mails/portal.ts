// A portal's process with its background work alone: the real code that notices purchases and sends messages.
import { prepareDatabaseWith } from '@/lib/db/database';
import { keepNotifying } from '@/lib/server/notify';
import { getServices } from '@/lib/services';

prepareDatabaseWith(async () => {});
await getServices();
keepNotifying();
process.send?.('ready');
// Its own timers do not keep a process alive.
setInterval(() => {}, 60_000);
