import { spawn, spawnSync } from 'node:child_process';
import { chownSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** A mailbox there. */
export const MAILBOX = 'portal@bank.test';
/** The sender that may send. */
export const SENDER = 'no-reply@bank.test';
/** A sender that Postfix refuses, which it says at RCPT. */
export const REFUSED_SENDER = 'no-reply@other.test';

export interface Postfix {
  port: number;
  /** The path of its log. */
  log: string;
  stop(): Promise<void>;
}

/**
 * Runs Debian's Postfix in a folder of its own: STARTTLS with the tests' certificate, no delivery, and a login whose
 * users are out of reach. Needs root, and the package postfix.
 */
export async function startPostfix(port: number): Promise<Postfix> {
  if (!existsSync('/usr/sbin/postfix')) throw new Error('Install postfix first, without starting it');
  const folder = mkdtempSync(path.join(tmpdir(), 'portal-postfix-'));
  const at = (name: string) => path.join(folder, name);
  spawnSync('chmod', ['755', folder]);
  for (const name of ['queue', 'data', 'sasl', 'config']) mkdirSync(at(name));
  chownSync(at('data'), idOf('-u'), idOf('-g'));
  const pem = readFileSync('tests/certificates/server.pem', 'utf8');
  spawnSync('chmod', ['755', folder, at('sasl'), at('config')]);
  writeFileSync(at('server.pem'), pem, { mode: 0o600 });
  writeFileSync(at('sasl/smtpd.conf'), 'pwcheck_method: auxprop\nauxprop_plugin: sasldb\nmech_list: PLAIN LOGIN\n');
  writeFileSync(at('config/master.cf'), masterCf(port));
  writeFileSync(at('config/main.cf'), mainCf(at));
  const master = spawn('/usr/sbin/postfix', ['-c', at('config'), 'start-fg'], { stdio: 'ignore' });
  await listening(port);
  return {
    port,
    log: at('log'),
    async stop() {
      spawnSync('/usr/sbin/postfix', ['-c', at('config'), 'stop'], { stdio: 'ignore' });
      if (master.exitCode === null) await new Promise((resolve) => master.once('exit', resolve));
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function idOf(option: '-u' | '-g'): number {
  return Number(spawnSync('id', [option, 'postfix']).stdout.toString());
}

function masterCf(port: number): string {
  return [
    `127.0.0.1:${port} inet n - n - - smtpd`,
    'cleanup unix n - n - 0 cleanup',
    'qmgr unix n - n 300 1 qmgr',
    'pickup unix n - n 60 1 pickup',
    'tlsmgr unix - - n 1000? 1 tlsmgr',
    'rewrite unix - - n - - trivial-rewrite',
    'anvil unix - - n - 1 anvil',
    'bounce unix - - n - 0 bounce',
    'defer unix - - n - 0 bounce',
    'trace unix - - n - 0 bounce',
    'verify unix - - n - 1 verify',
    'flush unix n - n 1000? 0 flush',
    'proxymap unix - - n - - proxymap',
    'error unix - - n - - error',
    'retry unix - - n - - error',
    'discard unix - - n - - discard',
    'showq unix n - n - - showq',
    'postlog unix-dgram n - n - 1 postlogd',
    '',
  ].join('\n');
}

function mainCf(at: (name: string) => string): string {
  return [
    'compatibility_level = 3.6',
    `queue_directory = ${at('queue')}`,
    `data_directory = ${at('data')}`,
    `maillog_file = ${at('log')}`,
    `maillog_file_prefixes = ${tmpdir()}`,
    'myhostname = mail.bank.test',
    'mydestination = bank.test',
    'mynetworks = 127.0.0.0/8',
    'alias_maps =',
    `local_recipient_maps = inline:{${MAILBOX}=1}`,
    'local_transport = discard',
    'default_transport = discard',
    'smtpd_tls_security_level = may',
    `smtpd_tls_chain_files = ${at('server.pem')}`,
    'smtpd_sasl_auth_enable = yes',
    `cyrus_sasl_config_path = ${at('sasl')}`,
    'smtpd_sasl_local_domain = bank.test',
    `smtpd_sender_restrictions = check_sender_access inline:{other.test=REJECT}`,
    'smtpd_relay_restrictions = permit_mynetworks, reject',
    '',
  ].join('\n');
}

async function listening(port: number): Promise<void> {
  for (let attempt = 0; attempt < 100; attempt += 1) {
    const open = await new Promise<boolean>((resolve) => {
      const socket = connect(port, '127.0.0.1', () => resolve(true)).once('error', () => resolve(false));
      socket.once('connect', () => socket.destroy());
    });
    if (open) return;
    await sleep(100);
  }
  throw new Error('Postfix did not start');
}
