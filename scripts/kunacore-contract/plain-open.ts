import { type Open, toFeatures } from './screens';

/** Opens the widget by one request, without a browser: enough for a widget whose server decides. */
export function plainOpen(widgetUrl: string): Open {
  return async (parameters, userAgent) => {
    const response = await fetch(widgetAddress(widgetUrl, parameters), {
      redirect: 'manual',
      headers: { 'user-agent': userAgent, accept: 'text/html' },
      signal: AbortSignal.timeout(10_000),
    });
    const html = await response.text();
    const controls = [...html.matchAll(/<(button|input|select|form|iframe)\b/g)].map(([, name = '']) => name);
    const text = html.replace(/<(script|style)\b[\s\S]*?<\/\1>/g, '').replace(/<[^>]*>/g, '\n');
    return {
      status: response.status,
      headers: Object.fromEntries(response.headers),
      features: toFeatures({ text, controls, requests: [] }),
    };
  };
}

/** Returns the widget's address with these parameters, as the portal builds it. */
export function widgetAddress(widgetUrl: string, parameters: Record<string, string | undefined>): string {
  const address = new URL(widgetUrl);
  for (const [name, value] of Object.entries(parameters)) if (value) address.searchParams.set(name, value);
  return address.href;
}
