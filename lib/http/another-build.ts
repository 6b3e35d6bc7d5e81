import 'server-only';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { singleton } from '@/lib/singleton';

/** Matches the field that names the server action of a form without script: Next has two forms of it. */
const NAMED_IN_FORM = /^\$ACTION_(?:ID_([\da-f]+)|\d+:0)$/;

/** Reports whether a form without script calls a server action. */
export function isPlainForm(headers: Headers): boolean {
  const type = headers.get('content-type') ?? '';
  return !headers.has('next-action') && type.toLowerCase().startsWith('multipart/form-data');
}

/**
 * Reports whether a page of another build posted a form without script. Next would respond with a line of plain text
 * and lose the input. Reads the body.
 */
export async function isOfAnotherBuild(request: Request): Promise<boolean> {
  if (!isPlainForm(request.headers)) return false;
  const known = knownActions();
  if (!known) return false;
  try {
    return actionIds(await request.formData()).some((id) => !known.has(id));
  } catch {
    // isReadableBody reports damaged bodies.
    return false;
  }
}

function actionIds(form: FormData): string[] {
  return [...form].flatMap(([name, value]) => {
    const match = NAMED_IN_FORM.exec(name);
    if (!match) return [];
    if (match[1]) return [match[1]];
    const { id } = JSON.parse(String(value)) as { id?: unknown };
    return typeof id === 'string' ? [id] : [];
  });
}

/** Returns the ids of this build's actions, or null without a build, as in development. */
function knownActions(): Set<string> | null {
  return singleton('known-actions', () => ({ ids: readActions() })).ids;
}

function readActions(): Set<string> | null {
  if (process.env.NODE_ENV !== 'production') return null;
  try {
    const manifest = path.join(process.cwd(), '.next/server/server-reference-manifest.json');
    const { node } = JSON.parse(readFileSync(manifest, 'utf8')) as { node: Record<string, unknown> };
    return new Set(Object.keys(node));
  } catch {
    return null;
  }
}
