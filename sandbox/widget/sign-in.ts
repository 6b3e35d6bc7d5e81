import { z } from 'zod';
import type { WidgetBackend } from '../kunacore/widget-backend';
import { isCountry } from './countries';
import type { SendCode } from './mail-code';
import { type CodeCheck, checkOneTimeCode, newOneTimeCode } from './one-time-code';
import { viewWallet, type WalletView } from './purchase';
import { parseBody } from './read-json';
import { Refusal, refuseFields } from './refusal';
import type { Visit } from './visits';

/** The number of codes per visit. With five tries each, guessing one of a million stays hopeless. */
const MAX_CODES = 5;

const NOT_AN_EMAIL = 'Enter an e-mail address, for example name@example.com.';

const codeRequest = z.object({
  email: z.string(NOT_AN_EMAIL).max(254, NOT_AN_EMAIL).trim().toLowerCase().pipe(z.email(NOT_AN_EMAIL)),
});
const confirmation = z.object({
  code: z
    .string('Enter the code.')
    .max(40)
    .transform((typed) => typed.replace(/\s/g, ''))
    .pipe(z.string().regex(/^\d{6}$/, 'The code has six digits.')),
});
const verification = z.object({
  firstName: text('Enter your first name.', 100),
  lastName: text('Enter your last name.', 100),
  country: z.string('Choose a country.').refine(isCountry, 'Choose a country.'),
  verificationDocumentId: text('Enter the number of your document.', 50),
  residenceAddress: text('Enter your address.', 300),
});

/** The result of a sign-in step: the visit's new state and the page's next step. */
export interface SignInStep {
  visit: Visit;
  response: { step: 'code'; email: string } | { step: 'verification' } | { step: 'purchase'; wallet: WalletView };
}

/**
 * Mails a new one-time code, which replaces the previous one.
 *
 * @throws Refusal 422 for a bad e-mail, 429 after five codes, 502 if the mail cannot be sent
 */
export async function sendCode(
  backend: WidgetBackend,
  send: SendCode,
  visit: Visit,
  body: unknown,
): Promise<SignInStep> {
  if (visit.stage !== 'email' && visit.stage !== 'code') throw wrongStep();
  const { email } = parseBody(codeRequest, body);
  if (visit.codesSent >= MAX_CODES) {
    throw new Refusal(429, { error: 'too-many-codes', message: 'Too many codes were sent. Open the widget again.' });
  }
  visit.codesSent += 1; // before the mail is sent, because requests may run in parallel
  const code = newOneTimeCode(backend.now());
  try {
    await send(email, code.digits);
  } catch {
    throw new Refusal(502, { error: 'mail', message: 'The code could not be sent. Try again in a moment.' });
  }
  return { visit: { stage: 'code', codesSent: visit.codesSent, email, code }, response: { step: 'code', email } };
}

/**
 * Checks the code. Signs a known customer in, and asks a new one for the identity check.
 *
 * @throws Refusal 422 with the code's problem
 */
export function confirmCode(backend: WidgetBackend, visit: Visit, body: unknown): SignInStep {
  if (visit.stage !== 'code') throw wrongStep();
  const check = checkOneTimeCode(visit.code, parseBody(confirmation, body).code, backend.now());
  if (check !== 'right') throw refuseFields({ code: codeSentence(check, visit.code.triesLeft) });
  const customer = backend.findKunaCustomer(visit.email);
  if (customer) return enter(backend, customer.customerId);
  return { visit: { stage: 'verification', email: visit.email }, response: { step: 'verification' } };
}

/**
 * Accepts a new customer's identity check and signs the customer in.
 *
 * @throws Refusal 422 with a sentence for each invalid field
 */
export function finishVerification(backend: WidgetBackend, visit: Visit, body: unknown): SignInStep {
  if (visit.stage !== 'verification') throw wrongStep();
  const details = parseBody(verification, body);
  const { customerId } = backend.createKunaCustomer({ email: visit.email, ...details });
  return enter(backend, customerId);
}

function enter(backend: WidgetBackend, customerId: string): SignInStep {
  const session = backend.openKunaSession(customerId);
  return {
    visit: { stage: 'purchase', sessionId: session.id },
    response: { step: 'purchase', wallet: viewWallet(backend, session) },
  };
}

function codeSentence(check: Exclude<CodeCheck, 'right'>, triesLeft: number): string {
  switch (check) {
    case 'wrong':
      return `This code is not right. ${triesLeft} ${triesLeft === 1 ? 'try' : 'tries'} left.`;
    case 'used-up':
      return 'Too many wrong codes. Send a new one.';
    case 'expired':
      return 'This code is older than 10 minutes. Send a new one.';
  }
}

function wrongStep(): Refusal {
  return new Refusal(409, { error: 'wrong-step', message: 'This step is already done.' });
}

function text(message: string, longest: number) {
  return z.string(message).trim().min(1, message).max(longest, `At most ${longest} characters.`);
}
