import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { SMTPServer } from 'smtp-server';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { FakeBackend } from './fake-backend';
import { createWidgetServer } from './server';
import { Visitor } from './visitor';

const WITHOUT_TOKEN = 'institutionId=sample-institution';
const PERSON = {
  firstName: ' Nina ',
  lastName: 'Bondar',
  country: 'UA',
  verificationDocumentId: 'AA123456',
  residenceAddress: 'Kyiv, Khreshchatyk 1',
};

let mails: string[] = [];
let smtp: SMTPServer;
let backend: FakeBackend;
let visitor: Visitor;

beforeAll(async () => {
  smtp = new SMTPServer({
    disabledCommands: ['AUTH', 'STARTTLS'],
    onRcptTo: ({ address }, _session, done) => done(address.startsWith('refused@') ? new Error('no') : null),
    onData: async (stream, _session, done) => {
      mails.push(await text(stream));
      done();
    },
  });
  smtp.listen(0, '127.0.0.1');
  await once(smtp.server, 'listening');
});
afterAll(() => smtp.close());

beforeEach(async () => {
  mails = [];
  backend = new FakeBackend();
  const { port } = smtp.server.address() as AddressInfo;
  const mail = { host: '127.0.0.1', port, from: 'KUNA <no-reply@kuna.example>' };
  visitor = await Visitor.at(createWidgetServer({ backend, mail }));
  await visitor.open(WITHOUT_TOKEN);
});
afterEach(() => visitor.leave());

describe('one-time code', () => {
  it('is sent by mail, and signs a known customer in', async () => {
    backend.kunaCustomers.push({ email: 'nina@example.com', firstName: 'Nina', country: 'UA' });
    const sent = await visitor.call('sign-in/code', { email: ' Nina@Example.com' });
    expect(sent).toEqual({ status: 200, response: { step: 'code', email: 'nina@example.com' } });
    expect(mails[0]).toContain('To: nina@example.com');
    const confirmed = await visitor.call('sign-in/confirm', { code: mailedCode() });
    expect(confirmed).toMatchObject({
      status: 200,
      response: { step: 'purchase', wallet: { crypto: ['BTC', 'ETH'] } },
    });
    expect((await visitor.call('buy', { quoteId: 'q-9' })).status).toBe(409);
  });

  it('is refused when wrong, and permanently after five tries', async () => {
    await visitor.call('sign-in/code', { email: 'nina@example.com' });
    const wrong = mailedCode() === '000000' ? '111111' : '000000';
    const sentences = [];
    for (let i = 0; i < 5; i++) sentences.push((await visitor.call('sign-in/confirm', { code: wrong })).response);
    expect(sentences[0]).toMatchObject({ fields: { code: 'This code is not right. 4 tries left.' } });
    expect(sentences[3]).toMatchObject({ fields: { code: 'This code is not right. 1 try left.' } });
    expect(sentences[4]).toMatchObject({ fields: { code: 'Too many wrong codes. Send a new one.' } });
    expect((await visitor.call('sign-in/confirm', { code: mailedCode() })).status).toBe(422);
  });

  it('works for ten minutes', async () => {
    await visitor.call('sign-in/code', { email: 'nina@example.com' });
    backend.time += 10 * 60_000;
    const late = await visitor.call('sign-in/confirm', { code: mailedCode() });
    expect(late.response).toMatchObject({ fields: { code: 'This code is older than 10 minutes. Send a new one.' } });
    backend.time -= 1;
    expect((await visitor.call('sign-in/confirm', { code: mailedCode() })).status).toBe(200);
  });

  it('works only in the document that requested it', async () => {
    await visitor.call('sign-in/code', { email: 'nina@example.com' });
    await visitor.open(WITHOUT_TOKEN);
    expect((await visitor.call('sign-in/confirm', { code: mailedCode() })).status).toBe(409);
  });

  it('is sent five times at most', async () => {
    for (let i = 0; i < 5; i++) await visitor.call('sign-in/code', { email: 'nina@example.com' });
    expect((await visitor.call('sign-in/code', { email: 'nina@example.com' })).status).toBe(429);
    expect(mails).toHaveLength(5);
  });

  it('requires an address that accepts mail', async () => {
    const mistyped = await visitor.call('sign-in/code', { email: 'nina' });
    expect(mistyped).toMatchObject({
      status: 422,
      response: { fields: { email: expect.stringContaining('Enter an e-mail') } },
    });
    expect((await visitor.call('sign-in/code', { email: 'refused@example.com' })).status).toBe(502);
  });
});

describe('identity check of a new customer', () => {
  beforeEach(async () => {
    await visitor.call('sign-in/code', { email: 'nina@example.com' });
    expect(await visitor.call('sign-in/confirm', { code: mailedCode() })).toEqual({
      status: 200,
      response: { step: 'verification' },
    });
  });

  it('creates the customer with the verified e-mail, and continues to the purchase', async () => {
    const response = await visitor.call('sign-in/verification', { ...PERSON, email: 'somebody@else.example' });
    expect(response).toMatchObject({ status: 200, response: { step: 'purchase' } });
    expect(backend.kunaCustomers).toEqual([{ ...PERSON, firstName: 'Nina', email: 'nina@example.com' }]);
  });

  it('creates one customer for two clicks', async () => {
    await Promise.all([visitor.call('sign-in/verification', PERSON), visitor.call('sign-in/verification', PERSON)]);
    expect(backend.kunaCustomers).toHaveLength(1);
  });

  it('names every invalid field', async () => {
    const { status, response } = await visitor.call('sign-in/verification', { country: 'ZZ', firstName: '  ' });
    expect(status).toBe(422);
    const fields = ['firstName', 'lastName', 'country', 'verificationDocumentId', 'residenceAddress'];
    expect(Object.keys((response as { fields: object }).fields)).toEqual(fields);
    expect(backend.kunaCustomers).toEqual([]);
  });

  it('cannot be skipped', async () => {
    expect((await visitor.call('quote', {})).status).toBe(409);
  });
});

function mailedCode(): string {
  return /Your one-time code for the KUNA widget: (\d{6})/.exec(mails.at(-1) ?? '')?.[1] ?? 'no mail';
}
