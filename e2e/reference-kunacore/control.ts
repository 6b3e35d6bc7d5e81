import type { IncomingMessage, ServerResponse } from 'node:http';
import { readText, sendJson } from './http';
import { type Core, emptyState } from './state';
import { parseSwitches } from './switches';

/** The path under which tests in other processes control this server. */
export const CONTROL = '/__control/';

/** Forgets customers, tokens, operations, logins and calls; keeps the switches. */
export function reset(core: Core): void {
  core.state = emptyState();
  core.calls.length = 0;
}

/**
 * Answers `GET calls`, `POST switches` and `POST reset` under {@link CONTROL}. Switches are JSON and override the
 * present ones; unknown ones get 400 with `error`. These requests are not recorded and need no key.
 */
export async function handleControl(core: Core, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const text = await readText(request);
  const name = `${request.method} ${request.url?.slice(CONTROL.length)}`;
  if (name === 'GET calls') return sendJson(response, 200, core.calls);
  if (name === 'POST reset') {
    reset(core);
    return sendJson(response, 200, {});
  }
  if (name !== 'POST switches') return sendJson(response, 404, { error: 'no such control' });
  try {
    const before = core.switches.loginBody;
    core.switches = parseSwitches(JSON.parse(text), core.switches);
    // Makes the portal log in again, in the new shape.
    if (core.switches.loginBody !== before) core.state.accessTokens.clear();
    sendJson(response, 200, core.switches);
  } catch (error) {
    sendJson(response, 400, { error: String(error) });
  }
}
