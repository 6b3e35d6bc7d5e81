// Preloaded into a portal (`node --import`): kills it, as by `kill -9`, at an instant between two effects. Instants are
// each statement that the database has answered, and each answer of KunaCore that begins or ends. FAULT_FILE holds how
// many of them are still to come; an empty file arms nothing. The portal itself knows nothing of this.
import { subscribe } from 'node:diagnostics_channel';
import { readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';

const file = process.env.FAULT_FILE ?? '';
let armed = '';
let left = 0;

function instant() {
  const text = read();
  if (text !== armed) {
    armed = text;
    left = Number(text);
  }
  if (!armed || left-- > 0) return;
  rmSync(file);
  process.kill(process.pid, 'SIGKILL');
}

function read() {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch {
    return '';
  }
}

for (const channel of ['undici:request:headers', 'undici:request:trailers']) subscribe(channel, instant);

const require = createRequire(import.meta.url);
const { PGlite: fromRequire } = require('@electric-sql/pglite');
const { PGlite: fromImport } = await import('@electric-sql/pglite');
const methods = [
  [require('pg').Client, 'query'],
  // Transactions of the embedded database meet here, too.
  [fromRequire, 'execProtocol'],
  [fromImport, 'execProtocol'],
];
for (const [{ prototype }, name] of methods) {
  const original = prototype[name];
  prototype[name] = function (...args) {
    const answer = original.apply(this, args);
    // With a callback, or of a stream, there is no promise.
    if (typeof answer?.then === 'function') answer.then(instant, () => {});
    return answer;
  };
}
