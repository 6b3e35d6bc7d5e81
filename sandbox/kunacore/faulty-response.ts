import type { ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Fault } from './faults';
import { ApiError, sendError, sendJson, sendText } from './http';
import type { Switches } from './switches';

/** The response's status, or null when none was completed. */
export type Sent = number | null;

/**
 * Applies faults that come before the call is carried out.
 * @returns the response sent instead, or undefined when the call continues.
 */
export async function strikeBefore(
  fault: Fault | null,
  response: ServerResponse,
  switches: Switches,
): Promise<Sent | undefined> {
  switch (fault?.kind) {
    case 'delay':
      await sleep(fault.ms);
      return undefined;
    case 'hang':
      return null;
    case 'reset-before':
      response.socket?.resetAndDestroy();
      return null;
    case 'status': {
      const headers = {
        ...(fault.retryAfter ? { 'retry-after': fault.retryAfter } : {}),
        ...(fault.status < 400 ? { location: '/elsewhere' } : {}),
      };
      sendError(response, switches, new ApiError(fault.status, 'FAULT', 'A fault was set'), headers);
      return fault.status;
    }
    case 'html':
      response.writeHead(200, { 'content-type': 'text/html' }).end('<!doctype html><title>Maintenance</title>');
      return 200;
    case 'huge':
      sendJson(response, 200, { data: { filling: 'x'.repeat(1_200_000) } });
      return 200;
    default:
      return undefined;
  }
}

/** Sends the response of a call that was carried out, changed by the fault. Refusals are sent unchanged. */
export function sendAfter(
  fault: Fault | null,
  response: ServerResponse,
  switches: Switches,
  status: number,
  text: string,
): Sent {
  switch (fault?.kind) {
    case 'reset-middle':
      response.writeHead(status, {
        'content-type': 'application/json',
        'content-length': Buffer.byteLength(text),
      });
      response.write(text.slice(0, text.length / 2), () => response.socket?.resetAndDestroy());
      return null;
    case 'malformed':
      response.writeHead(status, { 'content-type': 'application/json' }).end(text.slice(0, -5));
      return status;
    case 'apply-then-fail':
      sendError(response, switches, new ApiError(fault.status, 'FAULT', 'A fault was set'));
      return fault.status;
    case 'apply-then-hang':
      return null;
    default:
      sendText(response, status, text);
      return status;
  }
}
