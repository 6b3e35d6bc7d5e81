// The whole flow against the reference KunaCore, for every pair of answers to the open questions. The unit tests run
// every combination over HTTP (lib/authorisations/every-combination.test.ts).
import { expect, test } from '@playwright/test';
import { openAgain, readyToBuy, signOut, widget, widgetAddress } from './portal';
import { pairwiseCombinations } from './reference-kunacore/switches';
import { runReferencePortal } from './reference-portal';
import { person } from './sandbox';
import { REFERENCE_KUNACORE } from './stack';

runReferencePortal();

interface Call {
  endpoint: string;
  status: number;
  body: Record<string, string> | null;
}

for (const [index, switches] of pairwiseCombinations().entries()) {
  test(`the story works when KunaCore answers ${Object.values(switches).join(', ')}`, async ({ page, context }) => {
    const { sub, email } = person(700 + index);
    await control('switches', switches);
    await readyToBuy(page, sub, { origin: REFERENCE_KUNACORE.portal.origin });
    await page.getByRole('button', { name: 'Buy crypto' }).click();
    await expect(widget(page).getByRole('heading', { name: 'Widget open' })).toBeVisible();
    const address = widgetAddress(page);
    await widget(page).getByRole('button', { name: /^Buy/ }).click();
    await expect(widget(page).getByText('Completed').first()).toBeVisible();
    await page.getByRole('link', { name: 'Back to your account' }).click();
    await expect(page.getByRole('row', { name: /BTC/ })).toContainText(/0\.\d+/);
    await signOut(page);
    const ours = async () => storyOf(await calls(), email);
    await expect.poll(ours).toEqual(['POST /v2/customer/create', 'POST /v2/ramp/token', 'POST /v2/ramp/invalidate']);
    expect(await openAgain(context, address)).toBe('Session ended');
  });
}

async function control(name: string, body: object): Promise<void> {
  const response = await fetch(`${REFERENCE_KUNACORE.api}/__control/${name}`, {
    method: 'POST',
    body: JSON.stringify(body),
  });
  expect(response.status).toBe(200);
}

async function calls(): Promise<Call[]> {
  return (await (await fetch(`${REFERENCE_KUNACORE.api}/__control/calls`)).json()) as Call[];
}

/**
 * Returns the calls that changed something for this person, in order. Tests use this KunaCore one person at a time.
 * Leaves out calls with 401, which the portal repeats after a new login.
 */
function storyOf(all: Call[], email: string): string[] {
  const from = all.findIndex(({ endpoint, body }) => endpoint.endsWith('/customer/create') && body?.email === email);
  return all
    .slice(from)
    .filter(({ status }) => status !== 401)
    .map(({ endpoint }) => endpoint)
    .filter((name) => /create|update|token|invalidate/.test(name));
}
