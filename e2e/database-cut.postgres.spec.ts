// On PostgreSQL only: what happens to people when its connections break. (On the embedded database there are none.)
import { spawn } from 'node:child_process';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { expect, test } from '@playwright/test';
import { readyToBuy } from './portal';
import { person } from './sandbox';
import { portalEnvironment, SPARE_PORTAL } from './stack';

/** Passes connections on to the database until it is cut. */
class Wire {
  readonly #sockets = new Set<Socket>();
  #cut = false;
  readonly server: Server;

  constructor(target: URL) {
    this.server = createServer((incoming) => {
      if (this.#cut) {
        incoming.destroy();
        return;
      }
      const outgoing = connect(Number(target.port), target.hostname);
      incoming.pipe(outgoing).pipe(incoming);
      for (const socket of [incoming, outgoing]) {
        this.#sockets.add(socket);
        socket.on('error', () => {});
        socket.on('close', () => this.#sockets.delete(socket));
      }
    });
  }

  cut(): void {
    this.#cut = true;
    for (const socket of this.#sockets) socket.destroy();
  }

  mend(): void {
    this.#cut = false;
  }
}

test('a cut to the database is a 503 page; afterwards everybody is still signed in', async ({ page }) => {
  const database = new URL(portalEnvironment('spare-portal').DATABASE_URL ?? '');
  const wire = new Wire(new URL(database));
  await new Promise<void>((resolve) => wire.server.listen(0, '127.0.0.1', resolve));
  database.port = String((wire.server.address() as { port: number }).port);
  const env = { ...process.env, ...portalEnvironment('spare-portal'), DATABASE_URL: database.href };
  const portal = spawn('node_modules/.bin/next', ['start', '--port', String(SPARE_PORTAL.port)], {
    env,
    stdio: 'ignore',
  });
  const ready = () =>
    fetch(`${SPARE_PORTAL.origin}/api/health/ready`).then(
      (response) => response.status,
      () => 0,
    );
  try {
    await expect.poll(ready, { timeout: 30_000 }).toBe(200);
    await readyToBuy(page, person(60).sub, { origin: SPARE_PORTAL.origin });
    wire.cut();
    await expect.poll(ready).toBe(503);
    expect((await page.goto(`${SPARE_PORTAL.origin}/account`))?.status()).toBe(503);
    await expect(page.getByText('You are still signed in.')).toBeVisible();
    wire.mend();
    // The page tries again by itself.
    await expect(page.getByRole('heading', { name: 'Ready to buy' })).toBeVisible({ timeout: 20_000 });
  } finally {
    portal.kill('SIGKILL');
    wire.cut();
    wire.server.close();
  }
});
