import { parseArgs } from 'node:util';
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

/** The command line cannot be followed. The message says why. */
export class UsageError extends Error {}

/** Reads the command line. @throws UsageError */
export function parseArguments(args: string[]) {
  const values = parse(args);
  const given = Object.fromEntries((values.answer ?? []).map(toAnswer));
  return {
    help: values.help ?? false,
    write: values.write ?? false,
    yes: values.yes ?? false,
    block: values.block ?? false,
    mailDomain: values['mail-domain'] ?? 'example.com',
    kunaBlocked: values['kuna-blocked'],
    browser: values.browser !== 'off',
    out: values.out ?? 'kunacore.contract.json',
    given: given as Partial<Record<Question, string>>,
  };
}

function parse(args: string[]) {
  try {
    return parseArgs({
      args,
      options: {
        write: { type: 'boolean' },
        yes: { type: 'boolean' },
        block: { type: 'boolean' },
        'mail-domain': { type: 'string' },
        'kuna-blocked': { type: 'string' },
        answer: { type: 'string', multiple: true },
        browser: { type: 'string' },
        out: { type: 'string' },
        help: { type: 'boolean' },
      },
    }).values;
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : 'unknown option');
  }
}

function toAnswer(text: string): [string, string] {
  const [name = '', value = ''] = text.split('=');
  if (!(name in QUESTIONS) || !value)
    throw new UsageError(`--answer ${text}: one of ${Object.keys(QUESTIONS).join(', ')}`);
  return [name, value];
}
