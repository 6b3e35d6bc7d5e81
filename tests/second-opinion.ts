import { startProgram } from './program';
import { controlOf } from './sandbox';

/** A call as the second KunaCore noted it, e.g. `POST /v2/ramp/token`. */
export interface SecondCall {
  endpoint: string;
  body: Record<string, unknown>;
  status: number;
}

/** The second KunaCore beside a test: written from the documentation alone, with every answer it leaves open. */
export interface SecondOpinion {
  apiUrl: string;
  widgetUrl: string;
  calls(): Promise<SecondCall[]>;
  /** Lays these answers over the present ones. */
  switches(switches: Record<string, string | number>): Promise<void>;
  reset(): Promise<void>;
  stop(): Promise<void>;
}

/** The only way it lets partners in besides its key. */
export const SECOND_LOGIN = { kind: 'login', merchantId: 'm2', login: 'l2', password: 'p2' } as const;

/** For tests: starts it on free ports, as a process of its own. */
export async function startSecondOpinion(): Promise<SecondOpinion> {
  const env = { SECOND_API_PORT: '', SECOND_WIDGET_PORT: '', SECOND_SWITCHES: '' };
  const program = await startProgram('e2e/second-opinion/main.ts', env, 'second opinion ready');
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
