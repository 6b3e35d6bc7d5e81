import { randomUUID } from 'node:crypto';
import type { Notebook } from './notebook';
import { likeness } from './screens';
import type { Widget } from './tokens';

const AGENT = 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/143.0.0.0 Safari/537.36';
/** Two pages that are more alike than this are the same page. */
const SAME = 0.99;

/** Asks whether the widget's host answers, and whether it knows the institution better than an invented one. */
export async function askInstitution({ open, institutionId }: Widget, notebook: Notebook): Promise<void> {
  const own = await open({ institutionId }, AGENT).catch((error: unknown) => {
    notebook.fail(`widget: cannot be opened (${codeOf(error)}). Check KUNACORE_WIDGET_URL`);
  });
  if (!own) {
    notebook.answer('institutionId', null, 'the widget cannot be opened');
    return;
  }
  const invented = await open({ institutionId: randomUUID() }, AGENT);
  const evidence = `${own.status} for ours, ${invented.status} for an invented one`;
  if (own.status === null || own.status >= 400) {
    notebook.fail(`widget: ${evidence}. Check KUNACORE_INSTITUTION_ID and KUNACORE_WIDGET_URL`);
    notebook.answer('institutionId', 'unknown', evidence);
  } else if (likeness(own, invented) > SAME) {
    notebook.note(
      'widget: shows the same for KUNACORE_INSTITUTION_ID and for an invented one. Compare it with what Kuna issued',
    );
    notebook.answer('institutionId', null, `${evidence}, and the same page`);
  } else {
    notebook.ok('widget: knows the institution');
    notebook.answer('institutionId', 'known', evidence);
  }
}

function codeOf(error: unknown): string {
  const cause = error instanceof Error ? (error.cause ?? error) : error;
  const { code, name } = cause as { code?: unknown; name?: unknown };
  return String(code ?? name ?? 'unknown');
}
