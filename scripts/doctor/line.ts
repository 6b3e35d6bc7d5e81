/** One line of the report. A `failed` one stops people from using the portal; a `warning` may. */
export interface Line {
  kind: 'ok' | 'warning' | 'failed';
  text: string;
  /** What cures it. */
  remedy?: string;
}

export const ok = (text: string): Line => ({ kind: 'ok', text });
export const warning = (text: string, remedy: string): Line => ({ kind: 'warning', text, remedy });
export const failed = (text: string, remedy: string): Line => ({ kind: 'failed', text, remedy });

/** What an error may show: its code or its name. Messages can hold addresses and credentials. */
export function codeOf(error: unknown): string {
  const { code, cause, name } = error as { code?: unknown; cause?: { code?: unknown }; name?: string };
  const found = cause?.code ?? code;
  return typeof found === 'string' ? found : (name ?? 'unknown');
}
