import { randomBytes } from 'node:crypto';
import type { Api } from './api';
import { type Exchange, rowsOf, textOf } from './exchange';
import type { Notebook } from './notebook';

/** What the questions with test customers may do. */
export interface WriteOptions {
  /** Of the test customers' addresses. */
  mailDomain: string;
  /** Blocks a test customer's wallet for a moment. */
  block: boolean;
  /** A customer whose wallet Kuna has blocked, for the question about that. */
  kunaBlocked: string | undefined;
}

/** A test customer. */
export interface TestCustomer {
  id: string;
  walletId: string;
  email: string;
}

/** Marks test customers, so that Kuna can delete them. */
export const COMMENT = 'check:kunacore test customer, may be deleted';

/** Asks what needs test customers. @returns one for the questions about tokens; null when none could be created. */
export async function askWriting(api: Api, options: WriteOptions, notebook: Notebook): Promise<TestCustomer | null> {
  const details = newCustomer(options.mailDomain);
  const created = await api.call('/v2/customer/create', details);
  const customer = { id: textOf(created, 'id'), walletId: textOf(created, 'walletId'), email: details.email };
  if (!created.ok || !customer.id) {
    notebook.fail(`/v2/customer/create: ${created.ok ? 'no id' : `status ${created.status}`}`);
    return null;
  }
  notebook.ok('POST /v2/customer/create: a test customer');
  answerVerification(created, notebook);
  await askDuplicate(api, details, notebook);
  await askIdempotency(api, options.mailDomain, notebook);
  await askFind(api, details, customer, notebook);
  await askDetails(api, customer, notebook);
  await askUpdate(api, customer, notebook);
  await askWalletStatus(api, options, notebook);
  await askKunasBlock(api, options.kunaBlocked, notebook);
  await askMoney(api, customer, notebook);
  answerSuccessCode(created, notebook);
  notebook.note('POST /v2/exchange/external/buy-to-send-crypto/retry: not tried, because it moves money');
  return customer;
}

/** Returns the details of a test customer that nobody can mistake for a person. */
export function newCustomer(mailDomain: string) {
  const random = randomBytes(6).toString('hex');
  return {
    email: `kuna-portal-check+${random}@${mailDomain}`,
    externalId: `portal-check-${random}`,
    firstName: 'Portal',
    lastName: 'Check',
    country: 'UA',
    verificationDocumentId: `CHECK-${random}`,
    residenceAddress: 'Test customer of check:kunacore',
    comment: COMMENT,
  };
}

function answerVerification(created: Exchange, notebook: Notebook): void {
  const status = textOf(created, 'verificationStatus');
  const answer = status.toUpperCase() === 'ACCEPTED' ? 'accepted' : 'pending';
  notebook.answer('verification', status ? answer : null, status ? `verificationStatus ${status}` : 'no status');
}

function answerSuccessCode({ status }: Exchange, notebook: Notebook): void {
  const others = Object.entries(notebook.endpoints).filter(
    ([, { statuses }]) => !statuses.every((one) => one === status),
  );
  const names = others.map(([path, { statuses }]) => `${path} ${statuses.join(', ')}`);
  notebook.answer('successCode', status, names.length > 0 ? `customer/create; ${names.join('; ')}` : 'every endpoint');
}

async function askDuplicate(api: Api, details: ReturnType<typeof newCustomer>, notebook: Notebook): Promise<void> {
  const twin = { ...details, externalId: `${details.externalId}-2`, verificationDocumentId: 'CHECK-TWIN' };
  const { status, ok } = await api.call('/v2/customer/create', twin);
  if (ok)
    notebook.fail(`/v2/customer/create: a duplicate e-mail is accepted with ${status}, though it is the primary key`);
  notebook.answer('duplicateEmail', status, ok ? 'a second customer was created' : 'the second create');
  const inCapitals = await api.call('/v2/customer/create', { ...twin, email: details.email.toUpperCase() });
  const answer = inCapitals.ok ? 'another' : inCapitals.status === status ? 'the same' : null;
  notebook.answer('emailCase', answer, `${inCapitals.status} for the address in capitals`);
}

async function askIdempotency(api: Api, mailDomain: string, notebook: Notebook): Promise<void> {
  const details = newCustomer(mailDomain);
  const headers = { 'idempotency-key': details.externalId };
  const first = await api.call('/v2/customer/create', details, headers);
  const again = await api.call('/v2/customer/create', details, headers);
  const isHonoured = first.ok && again.ok && textOf(first, 'id') === textOf(again, 'id');
  const answer = isHonoured ? 'honoured' : first.ok && !again.ok ? 'ignored' : null;
  notebook.answer('idempotency', answer, `${first.status}, then ${again.status} for the same create and key`);
}

async function askFind(
  api: Api,
  { email, externalId, comment }: ReturnType<typeof newCustomer>,
  { id }: TestCustomer,
  notebook: Notebook,
): Promise<void> {
  const finds = async (search: object) => rowsOf(await api.call('/v2/customer/find', search));
  for (const search of [{ email }, { externalId }]) {
    const rows = await finds(search);
    const [name] = Object.keys(search);
    if (rows.some((row) => row.id === id)) notebook.ok(`POST /v2/customer/find: by ${name}`);
    else notebook.fail(`/v2/customer/find: the new customer is not found by ${name}`);
  }
  const byPart = await finds({ email: email.slice(5, email.indexOf('@') + 3) });
  const answer = byPart.some((row) => row.id === id) ? 'substring' : 'exact';
  notebook.answer('findMatch', answer, `${byPart.length} rows for a part of the address`);
  await askFindPaging(await finds({ comment, take: 1 }), await finds({ comment, take: 1, skip: 1 }), notebook);
}

function askFindPaging(first: Record<string, unknown>[], second: Record<string, unknown>[], notebook: Notebook): void {
  const evidence = `${first.length} row with take 1, ${second.length} with skip 1`;
  if (first.length === 0 || second.length === 0) {
    notebook.answer('findPaging', null, evidence);
    return;
  }
  if (first.length > 1) notebook.fail('/v2/customer/find: take is ignored: more than one row with take 1');
  const isRepeated = first[0]?.id === second[0]?.id;
  if (isRepeated) notebook.fail('/v2/customer/find: skip is ignored: the same row with skip 1');
  notebook.answer('findPaging', first.length === 1 && !isRepeated, evidence);
}

async function askDetails(api: Api, { id, walletId }: TestCustomer, notebook: Notebook): Promise<void> {
  const details = await api.call('/v2/customer/details', { id });
  const isSame = textOf(details, 'id') === id && textOf(details, 'walletId') === walletId;
  if (details.ok && isSame) notebook.ok('POST /v2/customer/details: the same customer and wallet');
  else notebook.fail(`/v2/customer/details: ${details.ok ? 'another id or walletId' : `status ${details.status}`}`);
}

/** Lengths of texts that are tried, the longest first. */
const LENGTHS = [2000, 255] as const;

async function askUpdate(api: Api, { id }: TestCustomer, notebook: Notebook): Promise<void> {
  const updated = await api.call('/v2/customer/update', { id, firstName: 'Gate' });
  const after = textOf(await api.call('/v2/customer/details', { id }), 'firstName');
  if (!updated.ok) notebook.fail(`/v2/customer/update: status ${updated.status}`);
  else if (after === 'Gate') notebook.ok('POST /v2/customer/update: the change is there');
  else notebook.fail(`/v2/customer/update: ${updated.status}, and the change is not there`);
  for (const length of LENGTHS) {
    const comment = COMMENT.padEnd(length, '.');
    const { ok, status } = await api.call('/v2/customer/update', { id, comment });
    const kept = textOf(await api.call('/v2/customer/details', { id }), 'comment').length;
    notebook.answer(
      'textLength',
      ok && kept === length ? `${length} or more` : null,
      `${status} for ${length}, ${kept} kept`,
    );
    if (ok && kept === length) break;
  }
  await api.call('/v2/customer/update', { id, comment: COMMENT });
}

const STATUS_KEYS = ['walletStatus', 'status'] as const;

/** Which key sets the wallet status: with `block` by blocking a customer of its own, else by setting what is there. */
async function askWalletStatus(api: Api, { mailDomain, block }: WriteOptions, notebook: Notebook): Promise<void> {
  const id = textOf(await api.call('/v2/customer/create', newCustomer(mailDomain)), 'id');
  const statusOf = async () => textOf(await api.call('/v2/customer/details', { id }), 'walletStatus');
  const working: string[] = [];
  const evidence: string[] = [];
  for (const key of STATUS_KEYS) {
    const { ok, status } = await api.call('/v2/customer/update', { id, [key]: block ? 'Blocked' : 'Active' });
    const isBlocked = block && (await statusOf()) === 'Blocked';
    evidence.push(`${key}: ${status}${block ? (isBlocked ? ', blocked' : ', not blocked') : ''}`);
    if (block ? isBlocked : ok) working.push(key);
    if (isBlocked) break;
  }
  const key = working.length === 1 ? (working[0] ?? null) : null;
  notebook.answer('walletStatusKey', key, evidence.join('; '));
  if (!block || !key) return notebook.answer('blockedToken', null, block ? 'no wallet was blocked' : 'needs --block');
  const token = await api.call('/v2/ramp/token', { customerId: id, userAgent: 'check:kunacore' });
  notebook.answer('blockedToken', token.status, 'a wallet that the partner blocked');
  await api.call('/v2/customer/update', { id, [key]: 'Active' });
  if ((await statusOf()) !== 'Active') notebook.fail("/v2/customer/update: the partner's own block cannot be lifted");
}

async function askKunasBlock(api: Api, id: string | undefined, notebook: Notebook): Promise<void> {
  const key = notebook.answers.get('walletStatusKey')?.answer;
  if (!id || typeof key !== 'string')
    return notebook.answer('kunasBlock', null, id ? 'the key is not known' : 'needs --kuna-blocked with a customer id');
  const { ok, status } = await api.call('/v2/customer/update', { id, [key]: 'Active' });
  const after = textOf(await api.call('/v2/customer/details', { id }), 'walletStatus');
  if (after === 'Active') {
    notebook.fail('/v2/customer/update: a partner can lift a status that Kuna set');
    return notebook.answer('kunasBlock', null, `${status}, and the wallet is active`);
  }
  notebook.answer('kunasBlock', ok ? 'ignored' : status, `${status}, and the status stays`);
}

async function askMoney(api: Api, { walletId }: TestCustomer, notebook: Notebook): Promise<void> {
  const balance = await api.call('/v2/balance', { walletId, assets: ['BTC', 'USDT'] });
  if (balance.ok) notebook.ok(`POST /v2/balance: ${rowsOf(balance).length} of 2 assets`);
  else notebook.fail(`/v2/balance: status ${balance.status} for a new wallet`);
  const own = await api.call('/v2/operation/find?take=1', { walletId });
  if (rowsOf(own).length > 0) notebook.fail('/v2/operation/find: walletId is ignored: a new wallet has operations');
}
