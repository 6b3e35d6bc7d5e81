import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { parseEnv } from 'node:util';
import { environment as known, VARIABLES } from '../../lib/config/environment';
import { SETTINGS_FILES } from '../settings.mjs';
import { failed, type Line, ok, warning } from './line';

interface SettingsFile {
  name: string;
  text: string;
  /** Permission bits. */
  mode: number;
}

/** Names that others read: Node, Next, the start script and the sandbox. */
const NAMES_OF_OTHERS = /^(NODE_|NEXT_|SANDBOX_|OTEL_|PORT$|HOSTNAME$|TZ$|HTTPS?_PROXY$|NO_PROXY$)/i;
/** What the names of our settings begin with. */
const OUR_PREFIXES = /^(NEXTAUTH|KUNACORE|OIDC|KYC|OPERATOR|PII|EMAIL|DATABASE|SESSION|TRUSTED_PROXY)_/;

/** Checks how settings are written down: what the files hold, and which of several values counts. */
export function checkFiles(directory: string, environment: Record<string, string | undefined>): Line[] {
  const files = SETTINGS_FILES.flatMap((name) => readFile(directory, name));
  const lines = [
    ...files.flatMap((file) => [...checkFile(file), ...checkNames(Object.keys(parse(file)), file.name)]),
    ...checkOverrides(files, environment),
    ...checkNames(
      Object.keys(environment).filter((name) => OUR_PREFIXES.test(name)),
      'the environment',
    ),
    ...checkIgnored(directory, files),
  ];
  const found = files.length > 0 ? files.map(({ name }) => name).join(', ') : 'no file, the environment alone';
  return [ok(`settings come from ${found}`), ...lines];
}

function readFile(directory: string, name: string): SettingsFile[] {
  const file = path.join(directory, name);
  if (!existsSync(file)) return [];
  return [{ name, text: readFileSync(file, 'utf8'), mode: statSync(file).mode & 0o777 }];
}

function parse({ text }: SettingsFile): Record<string, string | undefined> {
  return parseEnv(text.replace(/^\uFEFF/, ''));
}

function checkFile({ name, text, mode }: SettingsFile): Line[] {
  const lines: Line[] = [];
  if (process.platform !== 'win32' && mode & 0o077)
    lines.push(
      warning(
        `${name} can be read by other users of this machine (mode ${mode.toString(8)})`,
        `run: chmod 600 ${name}`,
      ),
    );
  if (text.startsWith('\uFEFF'))
    lines.push(
      warning(
        `${name} begins with a byte order mark, which other readers take for a part of the first name`,
        'save it as UTF-8 without BOM',
      ),
    );
  return [...lines, ...checkAssignments(name, text)];
}

interface Assignment {
  key: string;
  raw: string;
  line: number;
}

function checkAssignments(file: string, text: string): Line[] {
  const assignments = readAssignments(text);
  const lines = assignments.flatMap((one) => checkValue(file, one));
  const keys = assignments.map(({ key }) => key);
  for (const key of new Set(keys.filter((one, index) => keys.indexOf(one) !== index)))
    lines.push(warning(`${key} is set more than once in ${file}; the last one counts`, 'remove the others'));
  return lines;
}

/** Returns the assignments of a file, without those inside of a quoted value of several lines. */
function readAssignments(text: string): Assignment[] {
  const found: Assignment[] = [];
  let open = '';
  for (const [index, row] of text
    .replace(/^\uFEFF/, '')
    .split('\n')
    .entries()) {
    if (open) {
      if (row.includes(open)) open = '';
      continue;
    }
    const [, key = '', raw = ''] = /^\s*(?:export\s+)?([\w.-]+)\s*=(.*)$/s.exec(row) ?? [];
    if (!key) continue;
    found.push({ key, raw, line: index + 1 });
    const quote = /^\s*(["'`])/.exec(raw)?.[1] ?? '';
    if (
      quote &&
      !raw.trim().slice(1).includes(quote) &&
      text
        .split('\n')
        .slice(index + 1)
        .some((next) => next.includes(quote))
    )
      open = quote;
  }
  return found;
}

const QUOTES = /["'`“”„«»‘’]/;

function checkValue(file: string, { key, raw, line }: Assignment): Line[] {
  const where = `${key} (${file}, line ${line})`;
  const value = raw.trim();
  const lines: Line[] = [];
  const quote = /^["'`]/.exec(value)?.[0];
  if (quote && !value.slice(1).includes(quote) && !/-----BEGIN/.test(value))
    lines.push(
      failed(
        `${where} begins with a quote that is not closed on its line`,
        'close it: the lines below became part of it',
      ),
    );
  if (!quote && QUOTES.test(value[0] ?? ''))
    lines.push(warning(`${where} is in typographic quotes, which stay in the value`, 'use plain quotes, or none'));
  if (!quote && value[0] !== '#' && /\S#/.test(value))
    lines.push(
      failed(`${where} contains a #, and everything from there on is cut off`, 'put the value in single quotes'),
    );
  if (!quote && /[\r\t ]$/.test(raw) && raw.trimEnd() !== '')
    lines.push(
      warning(
        `${where} is followed by ${raw.endsWith('\r') ? 'a carriage return' : 'a space'}, which Docker and systemd keep`,
        raw.endsWith('\r') ? 'save the file with Unix line ends' : 'remove it',
      ),
    );
  if (quote !== "'" && /\\\$/.test(value))
    lines.push(
      failed(
        `${where} contains \\$; the backslash stays in the value`,
        'write $ alone: nothing is replaced in a value',
      ),
    );
  if (/^NODE_/.test(key))
    lines.push(
      warning(
        `${where} has no effect in a file, because Node reads it before any file`,
        key === 'NODE_EXTRA_CA_CERTS'
          ? 'name the authority in EXTRA_CA_CERTS, which works here'
          : 'set it in the environment, or remove it',
      ),
    );
  return lines;
}

/** Says which value counts where a setting has several. */
function checkOverrides(files: SettingsFile[], environment: Record<string, string | undefined>): Line[] {
  const values = [
    ...files.map((file) => ({ from: file.name, settings: parse(file) })),
    { from: 'the environment', settings: environment },
  ];
  return VARIABLES.flatMap((name) => {
    const given = values.filter(({ settings }) => settings[name] !== undefined);
    const winner = given.at(-1);
    const others = given.filter(({ settings }) => settings[name] !== winner?.settings[name]).map(({ from }) => from);
    if (!winner || others.length === 0) return [];
    const emptied = winner.settings[name] === '' ? ', which empties it' : '';
    return [warning(`${name} of ${others.join(', ')} is overridden by ${winner.from}${emptied}`, 'keep one of them')];
  });
}

function checkNames(names: string[], from: string): Line[] {
  return names
    .filter((name) => !Object.hasOwn(known.shape, name) || name.startsWith('NODE_'))
    .flatMap((name) => {
      const meant = closest(name);
      if (meant) return [failed(`${name} in ${from} is not a setting`, `write ${meant}`)];
      if (NAMES_OF_OTHERS.test(name)) return [];
      return [warning(`${name} in ${from} is not a setting and has no effect`, 'compare .env.example, or remove it')];
    });
}

/** Returns the setting that a name is a misspelling of: the same letters, or at most two mistakes. */
function closest(name: string): string | null {
  const plain = (text: string) => text.toUpperCase().replace(/[^A-Z0-9]/g, '');
  const near = VARIABLES.map((one) => ({ one, mistakes: distance(plain(name), plain(one)) })).sort(
    (a, b) => a.mistakes - b.mistakes,
  )[0];
  return near && near.mistakes <= (name.length > 8 ? 2 : 1) ? near.one : null;
}

/** Counts insertions, deletions and replacements between two texts (Levenshtein). */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (const [i, letter] of [...a].entries()) {
    const next = [i + 1];
    for (const [j, other] of [...b].entries())
      next.push(Math.min((next[j] ?? 0) + 1, (row[j + 1] ?? 0) + 1, (row[j] ?? 0) + (letter === other ? 0 : 1)));
    row = next;
  }
  return row[b.length] ?? 0;
}

/** Warns of a file that git would take: secrets in a history stay there. */
function checkIgnored(directory: string, files: SettingsFile[]): Line[] {
  const run = (...args: string[]) => spawnSync('git', args, { cwd: directory, stdio: 'ignore' }).status;
  if (run('rev-parse', '--is-inside-work-tree') !== 0) return [];
  return files
    .filter(({ name }) => run('check-ignore', '-q', name) === 1)
    .map(({ name }) => warning(`git does not ignore ${name}, and would take its secrets`, `add ${name} to .gitignore`));
}
