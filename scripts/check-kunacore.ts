// npm run check:kunacore: asks the KunaCore of the environment (or .env) everything that the documentation leaves open,
// and writes the answers to kunacore.contract.json. Read-only unless --write is given. docs/kunacore-contract.md.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { type Config, ConfigError, parseConfig } from '../lib/config/config';
import { keepConnectionsWarm } from '../lib/http/warm-connections';
import { type Contract, contractSchema } from '../lib/kunacore/contract';
import { setNetwork } from '../lib/network/network';
import { parseArguments, USAGE, UsageError } from './kunacore-contract/arguments';
import { browserOpen, openBrowser } from './kunacore-contract/browser-open';
import { compare, keepKnown } from './kunacore-contract/compare';
import { isSandbox, mayWrite } from './kunacore-contract/confirm';
import { lookAtFrame } from './kunacore-contract/frame';
import type { Finding } from './kunacore-contract/notebook';
import { plainOpen } from './kunacore-contract/plain-open';
import { type Check, checkContract } from './kunacore-contract/run';

if (existsSync('.env')) process.loadEnvFile('.env');

process.exit(await main());

async function main(): Promise<number> {
  try {
    const options = parseArguments(process.argv.slice(2));
    const config = parseConfig(process.env);
    setNetwork(config.network);
    keepConnectionsWarm();
    if (!config.kunacore) throw new UsageError('KUNACORE_WIDGET_TYPE=kuna uses no API, so there is nothing to check');
    const { host } = new URL(config.kunacore.apiUrl);
    if (options.write && !(await mayWrite(host, options.yes))) throw new UsageError(`Nothing was sent to ${host}.`);
    return await check(options, config, config.kunacore);
  } catch (error) {
    if (!(error instanceof ConfigError || error instanceof UsageError)) throw error;
    console.error(error.message);
    if (error instanceof UsageError) console.error(`\n${USAGE}`);
    return 1;
  }
}

type Options = ReturnType<typeof parseArguments>;

async function check(options: Options, config: Config, { apiUrl, ...access }: NonNullable<Config['kunacore']>) {
  const { url, institutionId } = config.widget;
  const browser = options.browser ? await openBrowser().catch(() => null) : null;
  if (options.browser && !browser)
    print({ kind: 'note', text: 'no browser was found: the widget is asked by plain requests' });
  try {
    const open = browser ? browserOpen(browser, url) : plainOpen(url);
    const asked: Check = {
      apiUrl,
      ...access,
      widget: { open, institutionId },
      write: options.write ? { ...options, block: options.block || isSandbox(new URL(apiUrl).host) } : null,
      given: options.given,
      frame: browser ? (notebook) => lookAtFrame(browser, config, notebook) : undefined,
      tell: print,
    };
    const { contract, findings } = await checkContract(asked);
    return report(options.out, contract, findings);
  } finally {
    await browser?.close();
  }
}

/** Writes the file, and prints the answers and what has changed. @returns the exit code. */
function report(out: string, found: Contract, findings: Finding[]): number {
  const isFailed = findings.some(({ kind }) => kind === 'failed');
  const before = readContract(out);
  const contract = before ? keepKnown(before, found) : found;
  const changes = before ? compare(before, found) : [];
  console.log('');
  for (const [question, { answer, evidence }] of Object.entries(contract.answers))
    console.log(`${question.padEnd(24)} ${answer === null ? 'could not tell' : String(answer) || '–'}  (${evidence})`);
  console.log('');
  for (const change of changes) console.log(`changed ${change}`);
  if (Object.keys(contract.endpoints).length === 0) return 1;
  writeFileSync(out, `${JSON.stringify(contract, null, 2)}\n`);
  console.log(`Written to ${out}. It holds no secret and no personal data: keep it in git.`);
  return isFailed || changes.length > 0 ? 1 : 0;
}

function readContract(file: string): Contract | null {
  if (!existsSync(file)) return null;
  const parsed = contractSchema.safeParse(JSON.parse(readFileSync(file, 'utf8')));
  if (!parsed.success) throw new UsageError(`${file} is no contract. Remove it, or choose another file with --out.`);
  return parsed.data;
}

function print({ kind, text }: Finding): void {
  console.log(`${kind.padEnd(7)} ${text}`);
}
