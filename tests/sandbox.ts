import { freePorts, type Program, startProgram } from './program';

/** A call of KunaCore's API as the sandbox noted it. */
export interface SandboxCall {
  at: string;
  path: string;
  body: Record<string, unknown>;
  status: number | null;
}

/** A customer as the sandbox holds it. */
export interface SandboxCustomer {
  id: string;
  email: string;
  externalId: string | null;
  walletId: string;
  phoneNumber: string | null;
  itn: string | null;
  residenceAddress: string;
  liveTokens: number;
}

/** What is made to go wrong; the sandbox's documentation has the kinds. `endpoint: '*'` means every one. */
export interface SandboxFault {
  endpoint: string;
  kind: string;
  count?: number;
  status?: number;
  retryAfter?: number;
  ms?: number;
}

/** The sandbox beside a test, and the test's hand in it. */
export interface Sandbox {
  apiUrl: string;
  widgetUrl: string;
  program: Program;
  /** The calls of one endpoint, or of all, oldest first. */
  calls(path?: string): Promise<SandboxCall[]>;
  customers(): Promise<SandboxCustomer[]>;
  /** A customer that this portal did not create. */
  addCustomer(customer: { email: string; externalId?: string }): Promise<SandboxCustomer>;
  setStatus(customerId: string, status: { verificationStatus?: string; walletStatus?: string }): Promise<void>;
  fault(fault: SandboxFault): Promise<void>;
  clearFaults(): Promise<void>;
  switches(switches: Record<string, string | number>): Promise<void>;
  reset(): Promise<void>;
  stop(): Promise<void>;
}

const PORTS = ['API', 'WIDGET', 'IDP', 'MAILBOX', 'SMTP'];

/** For tests: starts the sandbox on free ports, as a process of its own. */
export async function startSandbox(): Promise<Sandbox> {
  const { program, ports } = await startOnFreePorts(3);
  const [api, widget] = ports;
  const apiUrl = `http://127.0.0.1:${api}`;
  const control = controlOf(apiUrl);
  return {
    apiUrl,
    widgetUrl: `http://127.0.0.1:${widget}/`,
    program,
    async calls(path) {
      const all = await control<SandboxCall[]>('GET', 'calls');
      return path ? all.filter((call) => call.path === path) : all;
    },
    customers: () => control('GET', 'customers'),
    addCustomer: (customer) => control('POST', 'customers', { ...SOMEBODY, ...customer }),
    setStatus: (customerId, status) => control('POST', `customers/${customerId}`, status),
    fault: (fault) => control('POST', 'faults', fault),
    clearFaults: () => control('DELETE', 'faults'),
    switches: (switches) => control('POST', 'switches', switches),
    reset: () => control('POST', 'reset'),
    stop: () => program.stop(),
  };
}

const SOMEBODY = {
  firstName: 'Somebody',
  lastName: 'Else',
  country: 'PL',
  verificationDocumentId: 'PL-1',
  residenceAddress: '1 Elsewhere',
};

/** Another process may take a port between our look and the sandbox's: then others are tried. */
async function startOnFreePorts(tries: number): Promise<{ program: Program; ports: number[] }> {
  const ports = await freePorts(PORTS.length);
  const env = Object.fromEntries(PORTS.map((name, index) => [`SANDBOX_${name}_PORT`, String(ports[index])]));
  try {
    const program = await startProgram('sandbox/main.ts', { ...env, SANDBOX_STATE_FILE: '' }, 'sandbox ready');
    return { program, ports };
  } catch (error) {
    if (tries <= 1) throw error;
    return startOnFreePorts(tries - 1);
  }
}

/** Calls the control interface of a server. @throws Error with its answer when it refuses. */
export function controlOf(apiUrl: string) {
  return async <T = void>(method: 'GET' | 'POST' | 'DELETE', name: string, body?: object): Promise<T> => {
    const response = await fetch(`${apiUrl}/__control/${name}`, {
      method,
      ...(body ? { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) } : {}),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${name}: ${response.status} ${text}`);
    return JSON.parse(text) as T;
  };
}
