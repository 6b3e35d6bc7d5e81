// One of several processes that play schedules side by side: takes its order as JSON, prints the outcome as JSON.
import './environment';
import type { Order } from './run';

const { runSchedules } = await import('./run');
const order = JSON.parse(process.argv[2] ?? '{}') as Order;
process.stdout.write(JSON.stringify(await runSchedules(order)));
