// npm run --prefix verification rolling [-- haproxy|nginx|caddy [restarts]]
// Restarts two instances in turn under load, each time with the other of two builds. Fails if one request fails.
import { setTimeout as sleep } from 'node:timers/promises';
import { newImage, oldImage } from './images';
import { runLoad } from './load';
import { endInstance, type ProxyName, startDatabase, startInstance, startProxy, startSandbox } from './portals';

const PEOPLE = 6;
/** Longer than a proxy takes to notice that an instance is ready again. */
const NOTICED_MS = 2_000;

const [proxy = 'haproxy', restarts = '100'] = process.argv.slice(2);
const images = [newImage(), oldImage()];
const { pooled } = await startDatabase();
// All people come from addresses of their own, by a proxy in front of this one.
const settings = { ...pooled, TRUSTED_PROXY_HOPS: '2' };
await startSandbox();
const instances = [
  await startInstance(0, images[0] ?? '', settings),
  await startInstance(1, images[0] ?? '', settings),
];
await startProxy(proxy as ProxyName);

let stopping = false;
const load = runLoad(PEOPLE, () => stopping);
await sleep(5_000);
const drains: number[] = [];
const codes = new Set<number | string | null>();
for (let restart = 0; restart < Number(restarts); restart += 1) {
  const index = (restart % 2) as 0 | 1;
  const image = images[restart % 4 < 2 ? 1 : 0] ?? '';
  const instance = instances[index];
  const began = Date.now();
  if (instance) codes.add(await endInstance(instance));
  drains.push(Date.now() - began);
  instances[index] = await startInstance(index, image, settings);
  await sleep(NOTICED_MS);
}
stopping = true;
const { failures, ...counts } = await load;
console.log({ proxy, restarts: drains.length, ...counts, failures: failures.length });
console.log(`exit codes ${[...codes].join(', ')}; an instance ended within ${Math.max(...drains)} ms`);
for (const failure of failures.slice(0, 50)) console.log(failure);
process.exit(failures.length > 0 ? 1 : 0);
