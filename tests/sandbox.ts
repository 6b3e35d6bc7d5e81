import { inject } from 'vitest';
import type { SandboxAddress } from './global-setup';

/** A call of KunaCore's API that the sandbox recorded. */
export interface SandboxCall {
  at: string;
  path: string;
  body: Record<string, unknown>;
  status: number | null;
}

/** A customer in the sandbox. */
export interface SandboxCustomer {
  id: string;
  email: string;
  externalId: string | null;
  walletId: string;
  phoneNumber: string | null;
  itn: string | null;
  residenceAddress: string;
  walletStatus: string;
  liveTokens: number;
}

/** A fault to inject; sandbox/kunacore/faults.ts has the kinds. `endpoint: '*'` matches every endpoint. */
export interface SandboxFault {
  endpoint: string;
  kind: string;
  count?: number;
  status?: number;
  retryAfter?: number;
  ms?: number;
}

/** This worker's sandbox and its controls. */
export interface Sandbox {
  apiUrl: string;
  widgetUrl: string;
  /** Suspends the sandbox: it accepts connections and never answers. */
  freeze(): void;
  thaw(): void;
  /** Returns the calls of one endpoint, or of all, oldest first. */
  calls(path?: string): Promise<SandboxCall[]>;
  customers(): Promise<SandboxCustomer[]>;
  /** Creates a customer outside this portal. */
  addCustomer(customer: { email: string; externalId?: string }): Promise<SandboxCustomer>;
  setStatus(customerId: string, status: { verificationStatus?: string; walletStatus?: string }): Promise<void>;
  fault(fault: SandboxFault): Promise<void>;
  clearFaults(): Promise<void>;
  switches(switches: Record<string, string | number>): Promise<void>;
  reset(): Promise<void>;
}

/** Returns this worker's sandbox, a process that `global-setup.ts` started and test files share. */
export async function findSandbox(): Promise<Sandbox> {
  const response = await fetch(`${inject('sandboxes')}/${process.env.VITEST_POOL_ID}`);
  if (!response.ok) throw new Error(await response.text());
  const { apiUrl, widgetUrl, pid } = (await response.json()) as SandboxAddress;
  const control = controlOf(apiUrl);
  return {
    apiUrl,
    widgetUrl,
    freeze: () => void process.kill(pid, 'SIGSTOP'),
    thaw: () => void process.kill(pid, 'SIGCONT'),
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
  };
}

const SOMEBODY = {
  firstName: 'Somebody',
  lastName: 'Else',
  country: 'PL',
  verificationDocumentId: 'PL-1',
  residenceAddress: '1 Elsewhere',
};

/** Calls the control interface of a server. @throws Error with its response when it refuses. */
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
