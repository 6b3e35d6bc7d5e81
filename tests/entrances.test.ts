// Rules for daily work on the portal: how a new page, action or route is made, and what may reach a browser.
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { productionCode, productionSources } from './sources';

const sources = productionSources();
const code = productionCode();

const filesWith = (pattern: RegExp) => [...code].filter(([, text]) => pattern.test(text)).map(([file]) => file);

describe('every entrance handles a database that fails in the middle', () => {
  const under = (pattern: RegExp) => [...code].filter(([file]) => pattern.test(file));

  test('every action is made by userAction, operatorAction or visitorAction', () => {
    const exported = [...code]
      .filter(([, text]) => /^\s*'use server'/.test(text))
      .flatMap(([file, text]) => [...text.matchAll(/^\s*export ([^{]*)/gm)].map(([, what]) => `${file}: ${what}`));
    expect(exported.length).toBeGreaterThan(5);
    expect(exported.filter((one) => !/: const \w+ = (?:user|operator|visitor)Action\(\s*$/.test(one))).toEqual([]);
  });

  test('every page is interruptible, or a comment says why it need not be', () => {
    const pages = under(/^app\/.*page\.tsx$/).filter(([, text]) => !/\bexport default interruptible\(/.test(text));
    const excused = (file: string) => /\/\/ Not interruptible: .+\s*export default\b/.test(sources.get(file) ?? '');
    expect(pages.map(([file]) => file).filter((file) => !excused(file))).toEqual([]);
  });

  test('every page brings its own title, which metadata would add only after it', () => {
    const pages = under(/^app\/.*page\.tsx$/);
    const untitled = pages.filter(([, text]) => !/\bexport default interruptible\(|<title>/.test(text));
    expect(untitled.map(([file]) => file)).toEqual([]);
  });

  test('every route is a form route, handles its own errors, or uses no database', () => {
    const routes = under(/^app\/.*route\.ts$/).filter(([, text]) => !/= formRoute\(/.test(text));
    const querying = routes.filter(([, text]) =>
      /[sS]ervices\(|[sS]ession\(|[dD]atabase\(|walletResponse\(/.test(text),
    );
    expect(querying.length).toBeGreaterThan(3);
    expect(querying.filter(([, text]) => !/walletResponse\(|\bcatch\b/.test(text)).map(([file]) => file)).toEqual([]);
  });
});

describe('what belongs to the server stays there', () => {
  // A contract of a polled route, `*-schema.ts`, is shared with the browser.
  const SERVER = /^lib\/(?:db|crypto|audit|authorisations|users|operator|rate-limits)\/(?!.*-schema\.ts)/;
  /** Runs outside Next.js as well, without `server-only`; address and credentials are arguments. */
  const KUNACORE = /^lib\/kunacore\//;
  /** Connections, files, keys, the log, the settings. A hash alone opens nothing. */
  const OPENS =
    /\bimport (?!type\b|\{ createHash \})[^;]*?'(?:pg|nodemailer|pino|jose|@electric-sql\/pglite|node:(?:crypto|fs|worker_threads))'|\bprocess\.env\b(?!\.(?:NODE_ENV|NEXT_RUNTIME)\b)/;

  const guarded = (file: string) => /\bimport 'server-only';/.test(code.get(file) ?? '');

  test('every module of the server breaks the build of a page that imports it in the browser [T31]', () => {
    const unguarded = [...code.keys()].filter((file) => SERVER.test(file) && !guarded(file));
    // Types, numbers and names of columns: they import nothing of the project's.
    expect(unguarded.filter((file) => importsOf(file).length > 0)).toEqual([]);
  });

  test('so does every module of lib that opens connections, files, keys, the log or the settings', () => {
    const openers = filesWith(OPENS).filter((file) => file.startsWith('lib/'));
    expect(openers.length).toBeGreaterThan(10);
    expect(openers.filter((file) => !guarded(file) && !KUNACORE.test(file))).toEqual([]);
  });

  test('nothing that a browser loads reaches a module of the server, by any number of imports [T31]', () => {
    const entries = filesWith(/^\s*['"]use client['"]/);
    expect(entries.length).toBeGreaterThan(10);
    const reached = reachableFrom(entries);
    expect(reached.filter((file) => file.startsWith('lib/')).length).toBeGreaterThan(5);
    expect(reached.filter((file) => SERVER.test(file) || KUNACORE.test(file) || guarded(file))).toEqual([]);
  });

  /** Actions are a border: the browser gets their addresses, not their code. */
  function reachableFrom(entries: string[]): string[] {
    const reached = new Set(entries);
    for (const file of reached)
      for (const next of importsOf(file)) if (!/^'use server'/.test(code.get(next)?.trim() ?? '')) reached.add(next);
    return [...reached];
  }

  /** Returns the project's own modules that a file imports, types aside. */
  function importsOf(file: string): string[] {
    const statements = /(?:^\s*(?:import|export) (?!type\b)([^;]*?)|import\()['"]([@.][^'"]*)['"]/gm;
    return [...(code.get(file) ?? '').matchAll(statements)]
      .filter(([, names = 'all']) => !onlyTypes(names))
      .map(([, , from = '']) => resolve(file, from))
      .filter((found) => found !== undefined);
  }

  function onlyTypes(names: string): boolean {
    const braces = /^\{([^}]*)\} from $/.exec(names)?.[1];
    return braces?.split(',').every((name) => !name.trim() || name.trim().startsWith('type ')) ?? false;
  }

  function resolve(file: string, from: string): string | undefined {
    const base = from.startsWith('@/') ? from.slice(2) : path.posix.join(path.posix.dirname(file), from);
    return ['.ts', '.tsx', '/index.ts'].map((ending) => base + ending).find((name) => code.has(name));
  }
});
