import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import type { Random } from '../processes/random';

/** A purchase, whose times are milliseconds of the wall clock. */
export interface Purchase {
  id: string;
  walletId: string;
  begins: number;
  ends: number;
  outcome: 'Completed' | 'Declined' | 'OnHold';
}

const UNAVAILABLE_SHARE = 0.05;

/** KunaCore as far as purchases are looked at: POST /v2/operation/find. One call in twenty fails. */
export async function startKunaCore(purchases: Purchase[], random: Random): Promise<{ url: string; close(): void }> {
  const server = createServer(async (request, response) => {
    const isDown = random.next() < UNAVAILABLE_SHARE;
    const body = isDown ? { message: 'unavailable' } : { data: await find(purchases, request) };
    response.writeHead(isDown ? 503 : 200, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

async function find(purchases: Purchase[], request: IncomingMessage): Promise<object[]> {
  const asked = (await json(request)) as { walletId?: string; dateFrom?: string };
  const query = new URL(request.url ?? '/', 'http://kunacore').searchParams;
  const skip = Number(query.get('skip') ?? 0);
  const now = Date.now();
  const from = Date.parse(asked.dateFrom ?? '1970-01-01');
  const found = purchases.filter((one) => one.walletId === asked.walletId && one.begins <= now && one.begins >= from);
  return found.slice(skip, skip + Number(query.get('take'))).map((one) => ({
    id: one.id,
    walletId: one.walletId,
    type: 'DepositWithExchange',
    status: one.ends <= now ? one.outcome : 'Processing',
    createdAt: new Date(one.begins).toISOString(),
    updatedAt: new Date(Math.min(now, one.ends)).toISOString(),
  }));
}
