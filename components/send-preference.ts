/** Keeps a choice in the background, as its plain form would (app/preferences/route.ts). What fails is chosen again. */
export async function sendPreference(name: string, value: string): Promise<void> {
  const body = new URLSearchParams({ [name]: value });
  // `keepalive`: a choice made just before leaving the page arrives all the same.
  await fetch('/preferences', { method: 'POST', body, redirect: 'manual', keepalive: true }).catch(() => null);
}
