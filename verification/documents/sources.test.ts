// What the code may do, and where: an inventory that is held against every file that runs in production.
import path from 'node:path';
import tls from 'node:tls';
import type { NextConfig } from 'next';
import { describe, expect, test } from 'vitest';
import { productionSources } from '@/tests/sources';

// A server that tests of lib/kunacore start; no production file imports it.
const TEST_SERVER = 'tests/kunacore-server.ts';
const sources = [...productionSources()].filter(([file]) => file !== TEST_SERVER);

/** The code alone: a comment may name what it warns of. */
const code = new Map(sources.map(([file, text]) => [file, text.replace(/^\s*(?:\/\/|\/?\*).*$/gm, '')]));

const filesWith = (pattern: RegExp) => [...code].filter(([, text]) => pattern.test(text)).map(([file]) => file);

interface Rule {
  what: string;
  pattern: RegExp;
  /** All files in which it stands. */
  files: string[];
  /** Code that the pattern finds: proof that the rule can be broken. */
  examples: string[];
}

const NOWHERE: string[] = [];

const RULES: Rule[] = [
  {
    what: 'no text becomes code (ASVS 5.0 1.3.2)',
    pattern: /\beval\(|\bFunction\(|['"](?:node:)?vm['"]|set(?:Timeout|Interval)\(['"`]/,
    files: NOWHERE,
    examples: ['eval(text)', 'new Function(text)', "from 'node:vm'", "setTimeout('f()')"],
  },
  {
    what: 'one thread is started from text, a constant of the same file (ASVS 5.0 1.3.2)',
    pattern: /\bnew Worker\(|worker_threads/,
    files: ['lib/db/watchdog.ts'],
    examples: ['new Worker(text, { eval: true })'],
  },
  {
    what: 'no other program is started (ASVS 5.0 1.2.5)',
    pattern: /child_process|\b(?:execa|execSync|spawnSync)\b/,
    files: NOWHERE,
    examples: ["import { exec } from 'node:child_process'"],
  },
  {
    what: 'no text becomes HTML past React (ASVS 5.0 1.2.1)',
    pattern: /dangerouslySetInnerHTML|\b(?:inner|outer)HTML\b|insertAdjacentHTML|document\.write|\bsrcDoc\b/,
    files: NOWHERE,
    examples: ['<p dangerouslySetInnerHTML={{ __html: text }} />', 'element.innerHTML = text'],
  },
  {
    what: 'HTML without React is written in one place, which escapes it (ASVS 5.0 1.2.1)',
    pattern: /text\/html/,
    files: ['lib/html/page.ts'],
    examples: ["{ 'content-type': 'text/html' }"],
  },
  {
    what: 'every hash, MAC and derived key is SHA-256 (ASVS 5.0 11.4.1, 11.4.3)',
    pattern: /\b(?:createHash|createHmac|hkdfSync)\((?!'sha256')|\bmd5\b|\bsha-?1\b/i,
    files: NOWHERE,
    examples: ["createHash('md5')", 'createHmac(algorithm, key)', "hkdfSync('sha1', key)"],
  },
  {
    what: 'every cipher is AES-256-GCM (ASVS 5.0 11.3.1, 11.3.2)',
    pattern: /\bcreate(?:C|Dec)ipheriv\((?!'aes-256-gcm')|\b(?:alg|enc): (?!'dir'|'A256GCM')['"]/,
    files: NOWHERE,
    examples: [
      "createCipheriv('aes-256-cbc', key, iv)",
      "{ alg: 'RSA1_5', enc: 'A256GCM' }",
      "{ enc: 'A128CBC-HS256' }",
    ],
  },
  {
    what: 'a JWE is opened under one algorithm (ASVS 5.0 9.1.2, 11.3.2)',
    pattern: /(?:keyManagement|contentEncryption)Algorithms: (?!\['dir'\]|\['A256GCM'\])/,
    files: NOWHERE,
    examples: ["contentEncryptionAlgorithms: ['A256GCM', 'A128GCM']"],
  },
  {
    what: 'nothing is signed, no key pair is made, no password is hashed here (ASVS 5.0 11.6.1)',
    pattern:
      /\b(?:createSign|createVerify|generateKeyPair|createDiffieHellman|createECDH|SignJWT|pbkdf2|scrypt|bcrypt|argon2)/,
    files: NOWHERE,
    examples: ["createSign('RSA-SHA256')", 'generateKeyPairSync()'],
  },
  {
    what: 'chance that somebody could guess spreads waiting times and nothing else (ASVS 5.0 6.5.3, 11.5.1)',
    pattern: /\bMath\.random\b/,
    files: ['lib/customers/lease.ts', 'lib/customers/retry.ts', 'lib/db/transaction.ts', 'lib/kunacore/client.ts'],
    examples: ['const token = Math.random()'],
  },
  {
    what: 'nobody weakens TLS (ASVS 5.0 12.1.1, 12.3.2, 12.3.4)',
    pattern:
      /rejectUnauthorized|m(?:in|ax)Version|\bciphers\b|checkServerIdentity|NODE_TLS|secureProtocol|requireTLS|ignoreTLS|DEFAULT_M(?:IN|AX)_VERSION|\bsslmode\b|\bssl: /,
    // Read there to refuse it.
    files: ['lib/config/environment.ts', 'lib/config/production-checks.ts'],
    examples: ['{ rejectUnauthorized: false }', "{ minVersion: 'TLSv1' }", 'process.env.NODE_TLS_REJECT_UNAUTHORIZED'],
  },
  {
    what: 'HTTP requests leave from these files (ASVS 5.0 13.1.1, 13.2.5)',
    pattern: /\bfetch\(/,
    files: [
      // In the browser: paths of this portal, and whether the widget's host can be reached.
      'components/account-status.ts',
      'components/fetch-account.ts',
      'components/send-preference.ts',
      'components/widget-element.tsx',
      'lib/html/page.ts',
      // On the server: KunaCore.
      'lib/kunacore/client.ts',
      'lib/kunacore/transport.ts',
    ],
    examples: ['await fetch(address)'],
  },
  {
    what: 'no other way of asking is used (ASVS 5.0 13.1.1, 13.2.5)',
    pattern:
      /\b(?:undici|axios|XMLHttpRequest|WebSocket|EventSource|sendBeacon)\b|import (?!type\b)[^;]*['"](?:node:)?(?:https?|http2|net|tls|dgram|dns)(?:\/promises)?['"]/,
    // They ask whether a text is an address, and look after connections that came in.
    files: ['lib/http/client-address.ts', 'lib/http/connections.ts', 'lib/http/unreadable.ts'],
    examples: ["import { request } from 'node:https'", "import { Agent } from 'undici'", 'new WebSocket(address)'],
  },
  {
    what: 'the mail server is reached from one file (ASVS 5.0 13.1.1, 13.2.5)',
    pattern: /\bcreateTransport\(|import (?!type\b)[^;]*'nodemailer/,
    files: ['lib/mail/sign-in-link.ts'],
    examples: ['createTransport(server)'],
  },
  {
    what: 'the database is reached from one file (ASVS 5.0 13.1.1, 13.2.5)',
    pattern: /\bnew (?:Pool|Client)\(|\bPGlite\.create\(|import (?!type\b)[^;]*'pg'/,
    files: ['lib/db/client.ts'],
    examples: ['new Pool({ connectionString })', "import pg from 'pg'"],
  },
  {
    what: 'the identity provider is named in one file (ASVS 5.0 13.1.1, 13.2.5)',
    pattern: /\bwellKnown: |openid-client/,
    files: ['lib/sign-in/options.ts'],
    examples: ['wellKnown: address'],
  },
  {
    what: 'the environment is read in these files (ASVS 5.0 13.3.1)',
    pattern: /\bprocess\.env\b/,
    files: [
      'instrumentation.ts',
      'lib/config/config.ts',
      'lib/http/another-build.ts',
      'lib/http/connections.ts',
      'lib/http/incoming-request.ts',
      'lib/http/security-headers.ts',
      'lib/server/start.ts',
    ],
    examples: ['process.env.PII_KEYS'],
  },
  {
    what: 'only the log writes: nothing is printed beside it (ASVS 5.0 16.2.3)',
    pattern: /\bconsole\s*[.[]/,
    files: ['lib/log/console.ts'],
    examples: ['console.log(details)', "console['log'](details)"],
  },
  {
    what: 'outside the log, a refused start and a frozen process say so on standard error (ASVS 5.0 16.2.3)',
    pattern: /\bprocess\.std(?:out|err)\b|\bwriteSync\(/,
    files: ['lib/db/watchdog.ts', 'lib/server/start.ts'],
    examples: ['process.stdout.write(text)'],
  },
  {
    what: 'the log is made in one file (ASVS 5.0 16.2.3)',
    pattern: /\bpino\(|import (?!type\b)[^;]*'pino/,
    files: ['lib/log/log.ts'],
    examples: ['pino(options)', "import pino from 'pino'"],
  },
  {
    what: 'the log goes to standard output and nowhere else (ASVS 5.0 16.2.3)',
    pattern: /pino\.(?:transport|destination|multistream)|\btransport: |['"]pino-/,
    files: NOWHERE,
    examples: ["pino.transport({ target: 'pino-socket' })", "{ transport: { target: 'x' } }"],
  },
  {
    what: 'the name of a download is a constant (ASVS 5.0 5.4.2)',
    pattern: /content-disposition(?!': 'attachment; filename="[a-z-]+\.[a-z]+"')/i,
    files: NOWHERE,
    examples: ["{ 'content-disposition': disposition(name) }", "headers.set('Content-Disposition', x)"],
  },
  {
    what: 'the framework decodes no image and caches no answer',
    pattern: /['"]next\/(?:og|image|legacy\/image)['"]|['"]use cache|\bunstable_cache\b|\bImageResponse\b/,
    files: NOWHERE,
    examples: ["import { ImageResponse } from 'next/og'", "import Image from 'next/image'", "'use cache: remote'"],
  },
];

describe('the inventory of the code', () => {
  test.each(RULES)('$what', ({ pattern, files, examples }) => {
    expect(filesWith(pattern).sort()).toEqual(files.toSorted());
    for (const example of examples) expect(example).toMatch(pattern);
  });

  test('of the cryptography that Node and jose offer, this is used (ASVS 5.0 11.2.1)', () => {
    const imported = [...code.values()].flatMap((text) =>
      [...text.matchAll(/import ([^;]*?) from ['"]((?:node:)?crypto|jose[^'"]*)['"]/g)].flatMap(
        ([, names = '', from]) =>
          names
            .replace(/[{}]/g, '')
            .split(',')
            .map((name) => `${from} ${name.trim()}`),
      ),
    );
    expect([...new Set(imported)].sort()).toEqual([
      'jose EncryptJWT',
      'jose jwtDecrypt',
      'node:crypto createCipheriv',
      'node:crypto createDecipheriv',
      'node:crypto createHash',
      'node:crypto createHmac',
      'node:crypto hkdfSync',
      'node:crypto randomBytes',
      'node:crypto randomUUID',
      'node:crypto timingSafeEqual',
    ]);
    expect(filesWith(/\bcrypto\.(?!randomUUID\(\))/)).toEqual([]);
  });

  test('Node speaks TLS 1.2 or newer, unless somebody says otherwise (ASVS 5.0 12.1.1)', () => {
    expect(['TLSv1.2', 'TLSv1.3']).toContain(tls.DEFAULT_MIN_VERSION);
    expect(tls.DEFAULT_MAX_VERSION).toBe('TLSv1.3');
  });

  test('the image optimiser is off, and nothing asks for it', async () => {
    const { default: nextConfig } = (await import(path.resolve('next.config.mjs'))) as { default: NextConfig };
    expect(nextConfig.images).toEqual({ unoptimized: true });
    expect(nextConfig).not.toHaveProperty('cacheComponents');
    expect(nextConfig.experimental).toEqual({ staleTimes: { dynamic: 0 } });
  });
});

describe('every entrance has its answer for a database that fails in the middle', () => {
  const under = (pattern: RegExp) => [...code].filter(([file]) => pattern.test(file));

  test('every action is made by a maker of actions (lib/auth/action.ts)', () => {
    const exported = [...code]
      .filter(([, text]) => /^\s*'use server'/.test(text))
      .flatMap(([file, text]) => [...text.matchAll(/^export (.*)$/gm)].map(([, what]) => `${file}: ${what}`));
    expect(exported.length).toBeGreaterThan(5);
    expect(
      exported.filter((one) => !/: const \w+ = (?:user|operator|visitor)Action\($/.test(one.split('{')[0] ?? '')),
    ).toEqual([]);
  });

  test('every page is interruptible (lib/pages/interruptible.tsx), but for those that ask no database', () => {
    const pages = under(/^app\/.*page\.tsx$/);
    expect(
      pages
        .filter(([, text]) => !/^export default interruptible\(/m.test(text))
        .map(([file]) => file)
        .sort(),
      // Of these /sign-in asks and shows its forms all the same; /sign-in/link has words of its own (lib/sign-in/link-state.ts).
    ).toEqual([
      'app/page.tsx',
      'app/sign-in/check-email/page.tsx',
      'app/sign-in/link/page.tsx',
      'app/sign-in/page.tsx',
      'app/widget/page.tsx',
    ]);
  });

  test('every route is a form route (lib/pages/form-route.ts), but for those that answer programs or ask nothing', () => {
    const routes = under(/^app\/.*route\.ts$/).filter(([, text]) => !/= formRoute\(/.test(text));
    const answering = /walletResponse\(|\bcatch\b/;
    expect(
      routes
        .filter(([, text]) => answering.test(text))
        .map(([file]) => file)
        .sort(),
    ).toEqual([
      'app/account/buy/frame/route.ts',
      'app/api/account/holdings/route.ts',
      'app/api/account/operations.csv/route.ts',
      'app/api/account/operations/route.ts',
      'app/api/account/status/route.ts',
      'app/api/health/ready/route.ts',
    ]);
    for (const [file, text] of routes.filter(([, text]) => !answering.test(text)))
      expect(text, file).not.toMatch(/[sS]ervices\(|[sS]ession\(|database\(/);
  });
});

describe('what belongs to the server stays there', () => {
  const SERVER =
    /^lib\/(?:kunacore|db|crypto|audit|authorisations(?!\/status-schema\.ts)|users|operator|rate-limits)\//;

  /** Without the import that breaks a build; the walk below keeps them from browsers, too. */
  const PURE: [RegExp, string][] = [
    [
      /^lib\/kunacore\//,
      'runs outside Next as well (scripts/check-kunacore.ts); address and credentials are arguments',
    ],
    [/^lib\/db\/schema\.ts$/, 'names of tables and columns; drizzle-kit reads it outside Next'],
    [/^lib\/audit\/events\.ts$/, 'types alone'],
    [/^lib\/rate-limits\/limits\.ts$/, 'numbers that docs/security.md publishes'],
  ];
  const guarded = (text = '') => /^import 'server-only';$/m.test(text);

  test('every module of the server breaks the build of a page that imports it in the browser', () => {
    const unguarded = [...code].filter(([file, text]) => SERVER.test(file) && !guarded(text)).map(([file]) => file);
    expect(unguarded.filter((file) => !PURE.some(([pattern]) => pattern.test(file)))).toEqual([]);
    for (const [pattern, why] of PURE)
      expect(
        unguarded.filter((file) => pattern.test(file)),
        why,
      ).not.toEqual([]);
  });

  test('so does every other module of lib that opens connections, files, keys or the log', () => {
    const opens =
      /^import (?!type\b)[^;]*?'(?:pg|nodemailer|pino|jose|@electric-sql\/pglite|node:(?:crypto|fs|worker_threads))'/m;
    const openers = filesWith(opens).filter((file) => file.startsWith('lib/'));
    expect(openers).toContain('lib/db/client.ts');
    // A hash for the content policy; a file that only the build for the fault tests reads.
    expect(openers.filter((file) => !guarded(code.get(file)))).toEqual(['lib/html/page.ts']);
    for (const file of ['lib/config/config.ts', 'lib/services.ts', 'lib/server/start.ts'])
      expect(code.get(file)).toSatisfy(guarded);
  });

  test('nothing that a browser loads reaches a module of the server, by any number of imports', () => {
    const entries = filesWith(/^['"]use client['"]/);
    expect(entries.length).toBeGreaterThan(10);
    const reached = reachableFrom(entries);
    expect(reached).toContain('lib/customers/details-schema.ts');
    expect(reached.filter((file) => SERVER.test(file) || guarded(code.get(file)))).toEqual([]);
  });

  /** Actions are a border: the browser gets their addresses, not their code. */
  function reachableFrom(entries: string[]): string[] {
    const reached = new Set(entries);
    for (const file of reached)
      for (const next of importsOf(file)) if (!/^'use server'/.test(code.get(next)?.trim() ?? '')) reached.add(next);
    return [...reached];
  }

  /** The project's own modules that a file imports, types aside. */
  function importsOf(file: string): string[] {
    const statements = /(?:^(?:import|export) (?!type\b)([^;]*?)|import\()['"]([@.][^'"]*)['"]/gm;
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
