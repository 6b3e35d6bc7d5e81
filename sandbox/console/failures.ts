import { faultSchema } from '../kunacore/faults';

/** The kinds of faults, as the control interface takes them. */
export const FAULT_KINDS = faultSchema.options.map(({ shape }) => shape.kind.value);

export const ENDPOINTS = [
  '*',
  '/v2/customer/create',
  '/v2/customer/find',
  '/v2/customer/details',
  '/v2/customer/update',
  '/v2/ramp/token',
  '/v2/ramp/invalidate',
  '/v2/balance',
  '/v2/operation/find',
  '/v2/operation/details',
  '/v2/rate/equivalent',
];

interface Preset {
  label: string;
  /** What the portal then does. */
  effect: string;
  fault: object | null;
}

/** States of KunaCore that a demo wants with one click. */
export const PRESETS: Record<string, Preset> = {
  works: { label: 'Works', effect: 'Nothing fails.', fault: null },
  down: {
    label: 'Down',
    effect: 'Sign-in, sign-out and the account keep working. Figures are the last known ones.',
    fault: { endpoint: '*', kind: 'status', status: 503 },
  },
  slow: {
    label: 'Slow',
    effect: 'Each call takes three seconds.',
    fault: { endpoint: '*', kind: 'delay', ms: 3000 },
  },
  hangs: {
    label: 'Hangs',
    effect: 'No call is answered. The portal gives up by itself.',
    fault: { endpoint: '*', kind: 'hang' },
  },
  unreliable: {
    label: 'Unreliable',
    effect: 'Every second call fails. The portal repeats what may be repeated.',
    fault: { endpoint: '*', kind: 'status', status: 500, probability: 0.5 },
  },
  details: {
    label: 'Rejects details',
    effect: 'A new customer is told to check the details.',
    fault: { endpoint: '/v2/customer/create', kind: 'status', status: 400 },
  },
  tokens: {
    label: 'Issues no tokens',
    effect: 'The widget does not open. Balances still show.',
    fault: { endpoint: '/v2/ramp/token', kind: 'status', status: 503 },
  },
  invalidate: {
    label: 'Ends no tokens',
    effect: 'Signing out works. The portal repeats the revocation until it succeeds.',
    fault: { endpoint: '/v2/ramp/invalidate', kind: 'status', status: 503 },
  },
};

/** Returns the name of the preset whose fault is the only active one. */
export function currentPreset(active: { fault: object }[]): string | undefined {
  if (active.length === 0) return 'works';
  const [only, ...others] = active;
  if (others.length > 0 || !only) return undefined;
  const isSet = (fault: object) => JSON.stringify(faultSchema.parse(fault)) === JSON.stringify(only.fault);
  return Object.entries(PRESETS).find(([, { fault }]) => fault !== null && isSet(fault))?.[0];
}
