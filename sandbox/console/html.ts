import { escapeHtml } from '../identity/escape-html';

/** A choice of a control: the value that is sent, and what people read. */
export interface Choice {
  value: string;
  label: string;
}

/** Renders buttons of which each sets one value at once. The current one is pressed. */
export function choices(control: {
  action: string;
  label: string;
  name: string;
  options: Choice[];
  current: string | undefined;
  hidden?: Record<string, string>;
}): string {
  const { action, label, name, options, current, hidden = {} } = control;
  const buttons = options.map(
    ({ value, label: text }) =>
      `<button name="${escapeHtml(name)}" value="${escapeHtml(value)}" aria-pressed="${value === current}">${escapeHtml(text)}</button>`,
  );
  return `<form class="control" method="post" action="${action}">
    ${fields(hidden)}<span class="label">${escapeHtml(label)}</span>
    <span class="choices" role="group" aria-label="${escapeHtml(label)}">${buttons.join('')}</span>
  </form>`;
}

/** Renders one button that does something. */
export function button(control: {
  action: string;
  label: string;
  text: string;
  hidden?: Record<string, string>;
}): string {
  const { action, label, text, hidden = {} } = control;
  return `<form class="control" method="post" action="${action}">
    ${fields(hidden)}<span class="label">${escapeHtml(label)}</span><button class="single">${escapeHtml(text)}</button>
  </form>`;
}

export function options(list: readonly string[]): string {
  return list.map((value) => `<option>${escapeHtml(value)}</option>`).join('');
}

function fields(hidden: Record<string, string>): string {
  return Object.entries(hidden)
    .map(([name, value]) => `<input type="hidden" name="${escapeHtml(name)}" value="${escapeHtml(value)}">`)
    .join('');
}
