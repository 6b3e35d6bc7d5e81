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

interface KycServerOptions {
  token: string;
  publicHost?: string;
  service?: KycService;
}

/** The records of the institution's identity check, and how the service answers. */
export class KycService {
  manners = switches.parse({});
  records = firstRecords();

  reset(): void {
    this.manners = switches.parse({});
    this.records = firstRecords();
  }

  find(subject: string | null): KycRecord | undefined {
    if (this.manners.mode === 'other-person')
      return [...this.records.values()].find((record) => record.subject !== subject);
    return this.records.get(subject ?? '');
  }
}

/**
 * Serves the institution's identity check (docs/kyc.md): `POST /kyc` for the portal. For tests,
 * `POST /__control/switches` changes its manners, `POST /__control/people/<subject>` some fields of a person, and
 * `POST /__control/reset` makes everything as at the start.
 */
export function createKycServer({ token, publicHost, service = new KycService() }: KycServerOptions): Server {
  async function respond(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const text = await readText(request);
    if (request.method !== 'POST') throw new ApiError(405, 'METHOD', 'Only POST here');
    const path = request.url ?? '/';
    if (path.startsWith('/__control/')) return sendJson(response, 200, control(path.slice(11), request, text));
    if (path !== '/kyc') throw new ApiError(404, 'PATH', 'There is nothing here');
    await sleep(service.manners.slowMs);
    if (service.manners.mode === 'down') throw new ApiError(503, 'DOWN', 'Switched off');
    if (request.headers.authorization !== `Bearer ${token}`) throw new ApiError(401, 'TOKEN', 'Wrong token');
    const found = service.find(parseBody(request, text, question).subject);
    if (!found) throw new ApiError(404, 'UNKNOWN_PERSON', 'The institution has no record of this person');
    sendJson(response, 200, found);
  }

  function control(name: string, request: IncomingMessage, text: string): unknown {
    if (name === 'switches') {
      service.manners = parseBody(request, text, switches);
      return service.manners;
    }
    if (name === 'reset') {
      service.reset();
      return {};
    }
    const record = service.records.get(/^people\/([\w-]+)$/.exec(name)?.[1] ?? '');
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
