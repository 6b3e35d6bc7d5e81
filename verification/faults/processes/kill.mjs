// Preloaded into a portal (`node --import`): kills it, as by `kill -9`, at an instant between two effects. Instants are
// each completed database statement, and each KunaCore response that begins or ends. FAULT_FILE holds how
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
const SYNC = 'S'.charCodeAt(0);

afterEach(require('pg').Client.prototype, 'query');
// One statement is several messages, in a transaction, too; a sync is the last of them.
for (const { prototype } of [fromRequire, fromImport])
  afterEach(prototype, 'execProtocolStream', ([message]) => message[0] === SYNC);

/** Counts an instant at each result of this method, before its caller receives it. */
function afterEach(prototype, name, counts = () => true) {
  const original = prototype[name];
  prototype[name] = function (...args) {
    if (!counts(args)) return original.apply(this, args);
    // A pool asks by callback and gets no promise.
    const callback = args.at(-1);
    if (typeof callback === 'function')
      args[args.length - 1] = (error, ...rest) => {
        if (!error) instant();
        return callback(error, ...rest);
      };
    const result = original.apply(this, args);
    if (typeof result?.then === 'function') result.then(instant, () => {});
    return result;
  };
}
