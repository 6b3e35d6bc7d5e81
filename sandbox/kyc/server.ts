import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { ApiError, parseBody, readText, sendJson } from '../kunacore/http';
import { withoutOtherSites } from '../local-only';
import { firstRecords, type KycRecord } from './people';

const question = z.object({ subject: z.string().nullable(), email: z.string() });

/** What the service does instead of answering as agreed. */
const switches = z.strictObject({
  /** `down`: it answers 503. `other-person`: it answers with another person's record. */
  mode: z.enum(['on', 'down', 'other-person']).default('on'),
  slowMs: z.number().int().min(0).max(60_000).default(0),
});
const change = z.record(z.string(), z.object({ value: z.string(), verifiedAt: z.string().optional() }));

/**
 * Serves the institution's identity check (docs/kyc.md): `POST /kyc` for the portal. For tests,
 * `POST /__control/switches` changes its manners, `POST /__control/people/<subject>` some fields of a person, and
 * `POST /__control/reset` makes everything as at the start.
 */
export function createKycServer({ token, publicHost }: { token: string; publicHost?: string }): Server {
  let manners = switches.parse({});
  let records = firstRecords();

  async function respond(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const text = await readText(request);
    if (request.method !== 'POST') throw new ApiError(405, 'METHOD', 'Only POST here');
    const path = request.url ?? '/';
    if (path.startsWith('/__control/')) return sendJson(response, 200, control(path.slice(11), request, text));
    if (path !== '/kyc') throw new ApiError(404, 'PATH', 'There is nothing here');
    await sleep(manners.slowMs);
    if (manners.mode === 'down') throw new ApiError(503, 'DOWN', 'Switched off');
    if (request.headers.authorization !== `Bearer ${token}`) throw new ApiError(401, 'TOKEN', 'Wrong token');
    const found = find(parseBody(request, text, question).subject);
    if (!found) throw new ApiError(404, 'UNKNOWN_PERSON', 'The institution has no record of this person');
    sendJson(response, 200, found);
  }

  function find(subject: string | null): KycRecord | undefined {
    if (manners.mode === 'other-person') return [...records.values()].find((record) => record.subject !== subject);
    return records.get(subject ?? '');
  }

  function control(name: string, request: IncomingMessage, text: string): unknown {
    if (name === 'switches') {
      manners = parseBody(request, text, switches);
      return manners;
    }
    if (name === 'reset') {
      manners = switches.parse({});
      records = firstRecords();
      return {};
    }
    const record = records.get(/^people\/([\w-]+)$/.exec(name)?.[1] ?? '');
    if (!record) throw new ApiError(404, 'UNKNOWN_PERSON', 'There is no such record');
    Object.assign(record.fields, parseBody(request, text, change));
    return record;
  }

  const handle = (request: IncomingMessage, response: ServerResponse) =>
    void respond(request, response).catch((error: unknown) => {
      const { status, code, message } =
        error instanceof ApiError ? error : new ApiError(500, 'FAILED', 'The console says what');
      if (status === 500) console.error('KYC service:', error);
      sendJson(response, status, { error: code, message });
    });
  return createServer(withoutOtherSites(handle, publicHost ?? '127.0.0.1'));
}
