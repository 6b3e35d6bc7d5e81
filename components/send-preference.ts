/** Posts a choice in the background, as its plain form would (app/preferences/route.ts). Ignores failures. */
export async function sendPreference(name: string, value: string): Promise<void> {
  const body = new URLSearchParams({ [name]: value });
  // `keepalive` lets the request outlive the page.
  await fetch('/preferences', { method: 'POST', body, redirect: 'manual', keepalive: true }).catch(() => null);
}
