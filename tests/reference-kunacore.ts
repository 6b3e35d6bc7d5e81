import { startProgram } from './program';
import { controlOf } from './sandbox';

/** A call that the reference KunaCore recorded, such as `POST /v2/ramp/token`. */
export interface ReferenceCall {
  endpoint: string;
  body: Record<string, unknown>;
  status: number;
}

/** A KunaCore written from the documentation alone, with switches for every question that it leaves open. */
export interface ReferenceKunaCore {
  apiUrl: string;
  widgetUrl: string;
  calls(): Promise<ReferenceCall[]>;
  /** Overrides the present answers with these. */
  switches(switches: Record<string, string | number>): Promise<void>;
  reset(): Promise<void>;
  stop(): Promise<void>;
}

/** Its credentials besides the API key. */
export const REFERENCE_LOGIN = { kind: 'login', merchantId: 'm2', login: 'l2', password: 'p2' } as const;

/** Starts the reference KunaCore on free ports, as its own process. */
export async function startReferenceKunaCore(): Promise<ReferenceKunaCore> {
  const env = { REFERENCE_API_PORT: '', REFERENCE_WIDGET_PORT: '', REFERENCE_SWITCHES: '' };
  const program = await startProgram('e2e/reference-kunacore/main.ts', env, 'reference KunaCore ready');
  const [apiUrl, widgetUrl] = program.lines.join(' ').match(/http:\/\/[\d.:]+/g) ?? [];
  if (!apiUrl || !widgetUrl) throw new Error(`no addresses in ${program.lines.join(' ')}`);
  const control = controlOf(apiUrl);
  return {
    apiUrl,
    widgetUrl: `${widgetUrl}/`,
    calls: () => control('GET', 'calls'),
    switches: (switches) => control('POST', 'switches', switches),
    reset: () => control('POST', 'reset'),
    stop: () => program.stop(),
  };
}
