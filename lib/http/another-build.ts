import 'server-only';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { singleton } from '@/lib/singleton';

/** The server action that a form posted without script names: Next's two ways to write it. */
const NAMED_IN_FORM = /^\$ACTION_(?:ID_([\da-f]+)|\d+:0)$/;

/** Whether a server action is called by a form without script. */
export function isPlainForm(headers: Headers): boolean {
  const type = headers.get('content-type') ?? '';
  return !headers.has('next-action') && type.toLowerCase().startsWith('multipart/form-data');
}

/**
 * Whether a form was posted, without script, by a page of another build. Next answers that with a line of plain text,
 * and what was typed is gone. Reads the body.
 */
export async function isOfAnotherBuild(request: Request): Promise<boolean> {
  if (!isPlainForm(request.headers)) return false;
  const known = knownActions();
  if (!known) return false;
  try {
    return actionIds(await request.formData()).some((id) => !known.has(id));
  } catch {
    // Damage is for others to name.
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

/** Ids of this build's actions. Null where there is no build to ask, as in development. */
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
