import { readCommandLine } from '../command-line.mjs';
import { QUESTIONS, type Question } from './questions';

export const USAGE = `Asks KunaCore what its documentation leaves open.

npm run check:kunacore -- [options]
  --write                 also ask with test customers; asks before writing to a host that is not the sandbox
  --yes                   do not ask (for CI)
  --mail-domain <domain>  of the test customers' addresses; example.com by default
  --block                 also block a test customer's wallet for a moment; always done at the sandbox
  --kuna-blocked <id>     a customer whose wallet Kuna has blocked for this check
  --answer <name>=<value> an answer that a person saw, such as paymentPage=pop-up
  --browser off           do not start a browser
  --out <file>            kunacore.contract.json by default`;

/** The command cannot do what it was called for. The message says why. */
export class UsageError extends Error {}

/** Reads the command line, and ends the process at an unknown option. @throws UsageError for an unknown answer */
export function parseArguments(args: string[]) {
  const { values } = readCommandLine(USAGE, {
    args,
    options: {
      write: { type: 'boolean', default: false },
      yes: { type: 'boolean', default: false },
      block: { type: 'boolean', default: false },
      'mail-domain': { type: 'string', default: 'example.com' },
      'kuna-blocked': { type: 'string' },
      answer: { type: 'string', multiple: true, default: [] },
      browser: { type: 'string' },
      out: { type: 'string', default: 'kunacore.contract.json' },
    },
  });
  const given = Object.fromEntries(values.answer.map(toAnswer));
  return {
    write: values.write,
    yes: values.yes,
    block: values.block,
    mailDomain: values['mail-domain'],
    kunaBlocked: values['kuna-blocked'],
    browser: values.browser !== 'off',
    out: values.out,
    given: given as Partial<Record<Question, string>>,
  };
}

function toAnswer(text: string): [string, string] {
  const [name = '', value = ''] = text.split('=');
  if (!(name in QUESTIONS) || !value)
    throw new UsageError(`--answer ${text}: one of ${Object.keys(QUESTIONS).join(', ')}`);
  return [name, value];
}
