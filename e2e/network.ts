// Slows the browser's network.
import type { Page } from '@playwright/test';

/** Slows the network, so that an answer arrives in many small pieces: a browser may paint between any two of them. */
export async function slowDown(page: Page): Promise<void> {
  const network = await page.context().newCDPSession(page);
  const bytesPerSecond = 60_000;
  await network.send('Network.emulateNetworkConditions', {
    offline: false,
    latency: 20,
    downloadThroughput: bytesPerSecond,
    uploadThroughput: bytesPerSecond,
  });
}
