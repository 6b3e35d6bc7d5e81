// What the code may do, and in which room: an inventory that is held against every file that runs in production.
// Moving a file inside its room or re-indenting it changes nothing here.
// ASVS 5.0: 1.3.2 5.4.2 6.5.3 11.1.2 11.2.1 11.3.1 11.3.2 11.4.1 11.4.3 12.1.1 12.3.4 13.1.1 13.2.5 16.2.3
import path from 'node:path';
import tls from 'node:tls';
import type { NextConfig } from 'next';
import { describe, expect, test } from 'vitest';
import { productionCode } from '@/tests/sources';

const code = productionCode();
const filesWith = (pattern: RegExp) => [...code].filter(([, text]) => pattern.test(text)).map(([file]) => file);

interface Rule {
  what: string;
  pattern: RegExp;
  /** The rooms in which it may stand; none when it may stand nowhere. */
  rooms?: string[];
  /** It stands in one file alone. */
  once?: boolean;
  /** Code that the pattern finds: proof that the rule can be broken. */
  examples: string[];
}

const RULES: Rule[] = [
  {
    what: 'no text becomes code (ASVS 5.0 1.3.2)',
    pattern: /\beval\(|\bFunction\(|['"](?:node:)?vm['"]|set(?:Timeout|Interval)\(['"`]/,
    examples: ['eval(text)', 'new Function(text)', "from 'node:vm'", "setTimeout('f()')"],
  },
  {
    what: 'no thread is started (ASVS 5.0 1.3.2)',
    pattern: /\bnew Worker\(|worker_threads/,
    examples: ['new Worker(text, { eval: true })'],
  },
  {
    what: 'no other program is started (ASVS 5.0 1.2.5)',
    pattern: /child_process|\b(?:execa|execSync|spawnSync)\b/,
    examples: ["import { exec } from 'node:child_process'"],
  },
  {
    what: 'no text becomes HTML past React (ASVS 5.0 1.2.1)',
    pattern: /dangerouslySetInnerHTML|\b(?:inner|outer)HTML\b|insertAdjacentHTML|document\.write|\bsrcDoc\b/,
    examples: ['<p dangerouslySetInnerHTML={{ __html: text }} />', 'element.innerHTML = text'],
  },
  {
    what: 'HTML without React is written in one place, which escapes it (ASVS 5.0 1.2.1)',
    pattern: /text\/html/,
    rooms: ['lib/html'],
    once: true,
    examples: ["{ 'content-type': 'text/html' }"],
  },
  {
    what: 'every hash, MAC and derived key is SHA-256 (ASVS 5.0 11.4.1, 11.4.3)',
    pattern: /\b(?:createHash|createHmac|hkdfSync)\((?!'sha256')|\bmd5\b|\bsha-?1\b/i,
    examples: ["createHash('md5')", 'createHmac(algorithm, key)', "hkdfSync('sha1', key)"],
  },
  {
    what: 'every cipher is AES-256-GCM (ASVS 5.0 11.3.1, 11.3.2)',
    pattern: /\bcreate(?:C|Dec)ipheriv\((?!'aes-256-gcm')|\b(?:alg|enc): ['"]/,
    examples: ["createCipheriv('aes-256-cbc', key, iv)", "{ alg: 'RSA1_5' }", "{ enc: 'A128CBC-HS256' }"],
  },
  {
    what: 'nothing is signed, no key pair is made, no password is hashed here (ASVS 5.0 11.6.1)',
    pattern:
      /\b(?:createSign|createVerify|generateKeyPair|createDiffieHellman|createECDH|SignJWT|pbkdf2|scrypt|bcrypt|argon2)/,
    examples: ["createSign('RSA-SHA256')", 'generateKeyPairSync()'],
  },
  {
    what: 'predictable randomness is used for pauses only (ASVS 5.0 6.5.3, 11.5.1)',
    pattern: /\bMath\.random\b/,
    rooms: ['lib/customers', 'lib/db', 'lib/kunacore'],
    examples: ['const token = Math.random()'],
  },
  {
    what: 'no code weakens TLS (ASVS 5.0 12.1.1, 12.3.2, 12.3.4)',
    pattern:
      /rejectUnauthorized|m(?:in|ax)Version|\bciphers\b|checkServerIdentity|NODE_TLS|secureProtocol|requireTLS|ignoreTLS|DEFAULT_M(?:IN|AX)_VERSION|\bsslmode\b|\bssl: /,
    // Read in lib/config to refuse it; in lib/network `ssl` adds authorities to the connection of PostgreSQL.
    rooms: ['lib/config', 'lib/network'],
    examples: ['{ rejectUnauthorized: false }', "{ minVersion: 'TLSv1' }", 'process.env.NODE_TLS_REJECT_UNAUTHORIZED'],
  },
  {
    what: 'HTTP requests leave from these rooms (ASVS 5.0 13.1.1, 13.2.5)',
    pattern: /\bfetch\(/,
    // In the browser, paths of this portal and the widget's host; on the server, KunaCore, the identity
    // provider and the institution's KYC service.
    rooms: ['components', 'lib/html', 'lib/kunacore', 'lib/kyc', 'lib/sign-in'],
    examples: ['await fetch(address)'],
  },
  {
    what: 'no other way of asking is used (ASVS 5.0 13.1.1, 13.2.5)',
    pattern:
      /\b(?:undici|axios|XMLHttpRequest|WebSocket|EventSource|sendBeacon)\b|import (?!type\b)[^;]*['"](?:node:)?(?:https?|http2|net|tls|dgram|dns)(?:\/promises)?['"]/,
    // lib/network decides on the way out of every other room. The other two ask whether a text is an address, look
    // after connections that came in, and use what lib/network makes.
    rooms: ['lib/http', 'lib/kyc', 'lib/network'],
    examples: ["import { request } from 'node:https'", "import { Agent } from 'undici'", 'new WebSocket(address)'],
  },
  {
    what: 'the mail server is reached from one file (ASVS 5.0 13.1.1, 13.2.5)',
    pattern: /\bcreateTransport\(|import (?!type\b)[^;]*'nodemailer/,
    rooms: ['lib/mail'],
    once: true,
    examples: ['createTransport(server)'],
  },
  {
    what: 'the database is reached from one file (ASVS 5.0 13.1.1, 13.2.5)',
    pattern: /\bnew (?:Pool|Client)\(|\bPGlite\.create\(|import (?!type\b)[^;]*'pg'/,
    rooms: ['lib/db'],
    once: true,
    examples: ['new Pool({ connectionString })', "import pg from 'pg'"],
  },
  {
    what: 'the identity provider is named in one file (ASVS 5.0 13.1.1, 13.2.5)',
    pattern: /\bwellKnown: |openid-client/,
    rooms: ['lib/sign-in'],
    once: true,
    examples: ['wellKnown: address'],
  },
  {
    what: 'the environment is read in one file, apart from what Next.js itself sets (ASVS 5.0 13.3.1)',
    pattern: /\bprocess\.env\b(?!\.(?:NODE_ENV|NEXT_RUNTIME)\b)/,
    rooms: ['lib/config'],
    once: true,
    examples: ['process.env.PII_KEYS'],
  },
  {
    what: 'only the log writes: nothing is printed beside it (ASVS 5.0 16.2.3)',
    pattern: /\bconsole\s*[.[]/,
    rooms: ['lib/log'],
    once: true,
    examples: ['console.log(details)', "console['log'](details)"],
  },
  {
    what: 'outside the log, only a refused start says so, on standard error (ASVS 5.0 16.2.3)',
    pattern: /\bprocess\.std(?:out|err)\b|\bwriteSync\(/,
    rooms: ['lib/server'],
    examples: ['process.stdout.write(text)'],
  },
  {
    what: 'the log is made in one file (ASVS 5.0 16.2.3)',
    pattern: /\bpino\(|import (?!type\b)[^;]*'pino/,
    rooms: ['lib/log'],
    once: true,
    examples: ['pino(options)', "import pino from 'pino'"],
  },
  {
    what: 'the log goes to standard output and nowhere else (ASVS 5.0 16.2.3)',
    pattern: /pino\.(?:transport|destination|multistream)|\btransport: |['"]pino-/,
    examples: ["pino.transport({ target: 'pino-socket' })", "{ transport: { target: 'x' } }"],
  },
  {
    what: 'the name of a download is a constant (ASVS 5.0 5.4.2)',
    pattern: /content-disposition(?!': 'attachment; filename="[a-z-]+\.[a-z]+"')/i,
    examples: ["{ 'content-disposition': disposition(name) }", "headers.set('Content-Disposition', x)"],
  },
  {
    what: 'the framework decodes no image and caches no response',
    pattern: /['"]next\/(?:og|image|legacy\/image)['"]|['"]use cache|\bunstable_cache\b|\bImageResponse\b/,
    examples: ["import { ImageResponse } from 'next/og'", "import Image from 'next/image'", "'use cache: remote'"],
  },
];

describe('the inventory of the code', () => {
  test.each(RULES)('$what', ({ pattern, rooms = [], once = false, examples }) => {
    const found = filesWith(pattern);
    expect(found.filter((file) => !rooms.some((room) => file.startsWith(`${room}/`)))).toEqual([]);
    if (once) expect(found.length).toBeLessThanOrEqual(1);
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
    const known = [
      // Of jose, what verifies a logout token.
      'jose createRemoteJWKSet',
      // Encrypt and decrypt the bodies of KunaCore's API.
      'jose CompactEncrypt',
      'jose compactDecrypt',
      'jose decodeProtectedHeader',
      'jose errors',
      'jose jwtVerify',
      'jose type JWTPayload',
      'jose type JWTVerifyGetKey',
      'node:crypto createCipheriv',
      'node:crypto createDecipheriv',
      'node:crypto createHash',
      'node:crypto createHmac',
      // Read the key of OIDC_PRIVATE_KEY; the OpenID client signs with it.
      'node:crypto createPrivateKey',
      'node:crypto createPublicKey',
      'node:crypto type JsonWebKey',
      'node:crypto hkdfSync',
      'node:crypto randomBytes',
      'node:crypto randomUUID',
      'node:crypto timingSafeEqual',
      'node:crypto type KeyObject',
      // Reads client certificates and authorities.
      'node:crypto X509Certificate',
    ];
    expect(imported.filter((name) => !known.includes(name))).toEqual([]);
    expect(filesWith(/\bcrypto\.(?!randomUUID\(\))/)).toEqual([]);
  });

  test('Node uses TLS 1.2 or newer by default (ASVS 5.0 12.1.1)', () => {
    expect(['TLSv1.2', 'TLSv1.3']).toContain(tls.DEFAULT_MIN_VERSION);
    expect(tls.DEFAULT_MAX_VERSION).toBe('TLSv1.3');
  });

  test('the image optimiser is off, and nothing asks for it [T32]', async () => {
    const { default: configOf } = (await import(path.resolve('next.config.mjs'))) as {
      default: (phase: string) => NextConfig;
    };
    const nextConfig = configOf('phase-production-build');
    expect(nextConfig.images).toEqual({ unoptimized: true });
    expect(nextConfig).not.toHaveProperty('cacheComponents');
    expect(nextConfig.experimental).toEqual({ staleTimes: { dynamic: 0 }, turbopackFileSystemCacheForBuild: false });
  });
});
