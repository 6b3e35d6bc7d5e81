/**
 * Returns KunaCore's code for an error. Error bodies are not documented: the code is taken from the likely fields
 * (`{"errors":[{code}]}`, `{code}`, `{error}`), if it looks like one and repeats nothing that was sent, because it will
 * be logged and stored.
 * @param sent the request's body and headers.
 */
export function errorCode(text: string, sent: unknown): string | undefined {
  const code = candidates(text).find((value) => typeof value === 'string' || typeof value === 'number');
  if (code === undefined || !/^[\w.-]{1,64}$/.test(String(code))) return undefined;
  return repeats(String(code), sent) ? undefined : String(code);
}

function candidates(text: string): unknown[] {
  try {
    const body = JSON.parse(text) as { errors?: { code?: unknown }[]; code?: unknown; error?: unknown } | null;
    return [body?.errors?.[0]?.code, body?.code, body?.error];
  } catch {
    return [];
  }
}

/** Returns whether the code contains a word, of three letters or more, of a value that was sent. */
function repeats(code: string, sent: unknown): boolean {
  if (typeof sent === 'object' && sent !== null) return Object.values(sent).some((value) => repeats(code, value));
  const words = typeof sent === 'string' ? sent.toLowerCase().split(/[\s@,;/()+]+/) : [];
  return words.some((word) => word.length >= 3 && code.toLowerCase().includes(word));
}
