import type { Credentials } from '../../lib/kunacore/authentication';
import type { Contract } from '../../lib/kunacore/contract';
import { type Api, openApi } from './api';
import { type KunaCoreServer, NoAccess } from './exchange';
import { askInstitution } from './institution';
import { type Finding, Notebook } from './notebook';
import type { Question } from './questions';
import { askReading, summarise } from './reading';
import type { Widget } from './screens';
import { askTokens } from './tokens';
import { askWriting, type WriteOptions } from './writing';

export interface Check extends KunaCoreServer {
  credentials: Credentials;
  widget: Widget;
  /** Null for a run without test customers. */
  write: WriteOptions | null;
  /** Answers that a person gives, because no program can see them. */
  given: Partial<Record<Question, string>>;
  /** Looks at the frame in a browser. */
  frame?: (notebook: Notebook) => Promise<void>;
  /** Called with each finding at once. */
  tell?: (finding: Finding) => void;
}

/** Asks everything and returns the contract, with the findings. Never throws for what KunaCore does. */
export async function checkContract(check: Check): Promise<{ contract: Contract; findings: Finding[] }> {
  const notebook = new Notebook(check.tell);
  try {
    const api = await openApi(check, check.credentials, notebook);
    await ask(check, api, notebook).catch((error: unknown) => noteNoAccess(error, notebook));
    summarise(api, notebook);
  } catch (error) {
    noteNoAccess(error, notebook);
  }
  if (!notebook.answers.has('paymentPage'))
    notebook.answer('paymentPage', null, 'needs a purchase: look at one, then run with --answer paymentPage=…');
  for (const [question, answer] of Object.entries(check.given))
    notebook.answer(question as Question, answer, 'seen by a person');
  return { contract: toContract(check, notebook), findings: notebook.findings };
}

async function ask({ widget, write, frame }: Check, api: Api, notebook: Notebook): Promise<void> {
  await askReading(api, notebook);
  await askInstitution(widget, notebook);
  const customer = write && (await askWriting(api, write, notebook));
  if (customer) await askTokens(api, customer, widget, notebook);
  await frame?.(notebook);
}

function noteNoAccess(error: unknown, notebook: Notebook): void {
  if (!(error instanceof NoAccess)) throw error;
  notebook.fail(error.message);
}

function toContract({ apiUrl, write }: Check, { answers, endpoints }: Notebook): Contract {
  return {
    version: 1,
    host: new URL(apiUrl).host,
    checkedAt: new Date().toISOString(),
    mode: write ? 'write' : 'read-only',
    answers: Object.fromEntries([...answers].sort(([one], [other]) => (one < other ? -1 : 1))),
    endpoints: Object.fromEntries(Object.entries(endpoints).sort(([one], [other]) => (one < other ? -1 : 1))),
  };
}
