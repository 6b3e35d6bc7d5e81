import { randomUUID } from 'node:crypto';
import { codeOf } from './exchange';
import type { Notebook } from './notebook';
import { AGENT, likeness, type Widget } from './screens';

/** Two pages that are more alike than this are the same page. */
const SAME = 0.99;

/** Asks whether the widget's host answers, and whether it knows the institution better than an invented one. */
export async function askInstitution({ open, institutionId }: Widget, notebook: Notebook): Promise<void> {
  const tryToOpen = (id: string) =>
    open({ institutionId: id }, AGENT).catch((error: unknown) => {
      notebook.fail(`widget: cannot be opened (${codeOf(error)}). Check KUNACORE_WIDGET_URL`);
    });
  const [own, invented] = [await tryToOpen(institutionId), await tryToOpen(randomUUID())];
  if (!own || !invented) {
    notebook.answer('institutionId', null, 'the widget cannot be opened');
    return;
  }
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
