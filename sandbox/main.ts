import type { Server as WebServer } from 'node:http';
import type { Server } from 'node:net';
import { parseArgs } from 'node:util';
import type { SMTPServer } from 'smtp-server';
import { Payments } from './bank/payments';
import { createBankServer } from './bank/server';
import { ConfigError, type Ports, portVariables, readConfig, type SandboxConfig } from './config';
import { createConsole } from './console/console';
import { createIdentityProvider } from './identity/provider';
import type { ContractSwitches } from './kunacore/contract';
import { createKunaCore } from './kunacore/kunacore';
import { createKycServer, KycService } from './kyc/server';
import { createMailbox } from './mailbox/mailbox';
import { createWidgetServer } from './widget/server';

// Runs the portal's external services in one process: KunaCore's API and widget, a bank that confirms card payments, an
// identity provider, the institution's KYC service, a mailbox. At the API's bare address is a console for all of them.

interface Listener {
  name: string;
  scheme: 'http' | 'smtp';
  port: number;
  /** The environment variable that sets the port. */
  variable: string;
  server: Server;
  close(): Promise<void>;
}

interface Sandbox {
  listeners: Listener[];
  close(): Promise<void>;
}

/** Milliseconds after which the process ends even with open connections. */
const CLOSE_WITHIN = 1500;

await main();

async function main(): Promise<void> {
  const config = readConfigOrExit();
  const sandbox = createSandbox(config);
  endOnSignals(sandbox);
  const failures = await listenAll(sandbox.listeners, config.host);
  if (failures.length > 0) exitWith(failures);
  for (const { name, scheme, port } of sandbox.listeners) {
    console.log(`${name.padEnd(18)} ${scheme}://${config.publicHost}:${port}`);
  }
  if (config.contract) console.log(linesOf(config.contract));
  console.log('sandbox ready');
}

function linesOf({ host, switches, unknown }: ContractSwitches): string {
  const guessed = unknown.map((name) => `${name.padEnd(24)} is not known: ${switches[name]}`);
  return [`KunaCore answers as ${host} does`, ...guessed].join('\n');
}

function createSandbox(config: SandboxConfig): Sandbox {
  const { publicHost, ports } = config;
  const { stateFile, contract } = config;
  const at = (port: number) => `http://${publicHost}:${port}`;
  const identity = createIdentityProvider({
    issuer: at(ports.identity),
    ...config.oidc,
    portalUrls: config.portalUrls,
  });
  const mailbox = createMailbox(publicHost);
  const kyc = new KycService();
  const kunacore = createKunaCore({
    ...config.kunacore,
    stateFile,
    publicHost,
    switches: contract?.switches,
    pages: (services) =>
      createConsole({
        kunacore: services,
        bankSessions: identity.sessions,
        kyc,
        mails: mailbox.store,
        links: {
          portal: config.portalUrls[0] ?? '',
          widget: at(ports.widget),
          bank: at(ports.identity),
          mailbox: at(ports.mailbox),
        },
      }),
  });
  const payments = new Payments();
  const bank = createBankServer({ payments, publicHost, widgetOrigin: at(ports.widget) });
  const widget = createWidgetServer({
    backend: kunacore.widgetBackend,
    bank: { payments, origin: at(ports.bank) },
    mail: { host: publicHost, port: ports.smtp, from: 'KUNA <no-reply@kuna.example>' },
    welcome: { institutionId: config.kunacore.institutionId, portalUrls: config.portalUrls },
  });
  const kycServer = createKycServer({ token: config.kycToken, publicHost, service: kyc });
  const listeners = [
    webListener('KunaCore API', 'api', kunacore.server),
    webListener('KUNA widget', 'widget', widget),
    webListener('Identity provider', 'identity', identity.server),
    webListener('Mailbox', 'mailbox', mailbox.web),
    webListener('KYC service', 'kyc', kycServer),
    webListener('Bank', 'bank', bank),
    smtpListener('Mail (SMTP)', mailbox.smtp),
  ];
  return {
    listeners,
    close: async () => void (await Promise.all([...listeners.map((listener) => listener.close()), kunacore.close()])),
  };

  function webListener(name: string, key: keyof Ports, server: WebServer): Listener {
    return {
      name,
      scheme: 'http',
      port: ports[key],
      variable: portVariables[key],
      server,
      close: () => closeWeb(server),
    };
  }

  function smtpListener(name: string, smtp: SMTPServer): Listener {
    const close = () => new Promise<void>((resolve) => smtp.close(resolve));
    return { name, scheme: 'smtp', port: ports.smtp, variable: portVariables.smtp, server: smtp.server, close };
  }
}

/** Listens on all ports, and returns a sentence for each port that is not available. */
async function listenAll(listeners: Listener[], host: string): Promise<string[]> {
  const failures = await Promise.all(listeners.map((listener) => listen(listener, host)));
  return failures.filter((failure) => failure !== undefined);
}

function listen({ name, port, variable, server }: Listener, host: string): Promise<string | undefined> {
  return new Promise((resolve) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      resolve(
        error.code === 'EADDRINUSE'
          ? `Port ${port} for ${name} is in use. Set ${variable} to another port.`
          : `Port ${port} for ${name} cannot be used (${error.code}). See ${variable} and SANDBOX_HOST.`,
      );
    });
    server.listen(port, host, () => resolve(undefined));
  });
}

/** Ends the process with 0 once everything is closed, or after a short time at the latest. */
function endOnSignals(sandbox: Sandbox): void {
  const end = async () => {
    setTimeout(() => process.exit(0), CLOSE_WITHIN);
    await sandbox.close();
    process.exit(0);
  };
  process.once('SIGINT', end);
  process.once('SIGTERM', end);
}

/** Closes a server and its open connections. */
function closeWeb(server: WebServer): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}

function readConfigOrExit(): SandboxConfig {
  try {
    // `npm run sandbox -- --contract kunacore.contract.json` is short for SANDBOX_CONTRACT.
    const { contract } = parseArgs({ options: { contract: { type: 'string' } } }).values;
    return readConfig({ ...process.env, ...(contract ? { SANDBOX_CONTRACT: contract } : {}) });
  } catch (error) {
    if (error instanceof ConfigError) exitWith(error.problems);
    // An unknown option.
    if (error instanceof TypeError) exitWith([error.message]);
    throw error;
  }
}

function exitWith(problems: string[]): never {
  for (const problem of problems) console.error(problem);
  process.exit(1);
}
