// Adds to package-lock.json what `npm install` leaves out. Run after it: node scripts/complete-lockfile.mjs
// - Optional platform packages that a registry mirror did not serve. `npm ci` refuses the lockfile as incomplete without.
// - The C library of a platform package. `npm ci` installs those for both libraries without, a fifth of all bytes.
import { readFileSync, writeFileSync } from 'node:fs';

const FILE = new URL('../package-lock.json', import.meta.url);
const lock = JSON.parse(readFileSync(FILE, 'utf8'));
const { packages } = lock;

/** Returns the entry that `require(name)` from the package at `from` would find, or undefined. */
function resolve(from, name) {
  for (let at = from; ; at = at.slice(0, Math.max(0, at.lastIndexOf('node_modules/') - 1))) {
    const key = `${at ? `${at}/` : ''}node_modules/${name}`;
    if (packages[key]) return packages[key];
    if (!at) return undefined;
  }
}

/** Parses `@scope/name-linux-arm64-musl` to { os, cpu, libc }, so that npm skips it on other platforms. */
function platform(name) {
  const has = (...words) => words.find((word) => new RegExp(`(^|[-/])${word}(eabi|hf|-|$)`).test(name));
  const os =
    has('android', 'darwin', 'freebsd', 'linux', 'netbsd', 'openbsd', 'openharmony', 'sunos', 'aix') ??
    (has('win32', 'windows') ? 'win32' : undefined);
  const cpu = has('arm64', 'arm', 'x64', 'ia32', 'ppc64', 'riscv64', 's390x', 'loong64', 'mips64el', 'wasm32');
  return {
    ...(os ? { os: [os] } : {}),
    ...(cpu ? { cpu: [cpu] } : {}),
    ...libc(name),
  };
}

function libc(name) {
  if (/musl/.test(name)) return { libc: ['musl'] };
  return /-gnu(eabihf)?$/.test(name) ? { libc: ['glibc'] } : {};
}

let added = 0;
for (const [at, entry] of Object.entries(packages)) {
  for (const [name, range] of Object.entries(entry.optionalDependencies ?? {})) {
    const found = resolve(at, name);
    const version = range.replace(/^[\^~]/, '');
    if (found && (range !== version || found.version === version)) continue;
    const parent = at.slice(0, at.lastIndexOf('node_modules/'));
    const key = packages[`node_modules/${name}`] || parent ? `${at}/node_modules/${name}` : `node_modules/${name}`;
    packages[key] = { version, ...platform(name), ...(entry.dev ? { dev: true } : {}), optional: true };
    added += 1;
  }
}
for (const [at, entry] of Object.entries(packages)) if (entry.os) Object.assign(entry, libc(at));
lock.packages = Object.fromEntries(Object.entries(packages).sort(([a], [b]) => (a < b ? -1 : 1)));
writeFileSync(FILE, `${JSON.stringify(lock, null, 2)}\n`);
console.log(`package-lock.json: ${added} optional platform packages added`);
