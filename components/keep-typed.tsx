'use client';

import { useLayoutEffect, useState } from 'react';

/**
 * Carries what was typed, chosen and focused over a redraw. React discards the server's HTML and draws the document
 * anew when something else, such as a browser extension, has changed it before the scripts ran
 * (https://react.dev/errors/418). That draw reads the old controls, and fills the new ones before the browser paints.
 */
export function KeepTyped() {
  const [before] = useState(readPage);
  useLayoutEffect(() => {
    if (before) restore(before);
  }, [before]);
  return null;
}

interface PageState {
  controls: Map<string, Control>;
  focusable: Map<string, HTMLElement>;
  focused: Element | null;
}

type Control = HTMLInputElement | HTMLSelectElement | HTMLTextAreaElement;

const CONTROLS = 'input:not([type=hidden], [type=submit], [type=button], [type=file]), select, textarea';

function readPage(): PageState | null {
  // On the server there is nothing to read.
  if (typeof document === 'undefined') return null;
  return {
    controls: byKey<Control>(CONTROLS),
    focusable: byKey<HTMLElement>('input, select, textarea, button, a[href], summary'),
    focused: document.activeElement,
  };
}

/** Elements by what stays the same in both draws; equal ones are told apart by their order. */
function byKey<E extends HTMLElement>(selector: string): Map<string, E> {
  const found = new Map<string, E>();
  for (const element of document.querySelectorAll<E>(selector)) {
    const { tagName, id } = element;
    const attributes = ['type', 'name', 'href', 'value'].map((name) =>
      // A typed text is no attribute, but some extensions write it into one.
      name === 'value' && !/^(checkbox|radio|submit)$/.test(element.getAttribute('type') ?? '')
        ? ''
        : element.getAttribute(name),
    );
    const key = JSON.stringify([tagName, id, ...attributes]);
    let place = 0;
    while (found.has(`${key}${place}`)) place += 1;
    found.set(`${key}${place}`, element);
  }
  return found;
}

function restore({ controls, focusable, focused }: PageState): void {
  const now = byKey<Control>(CONTROLS);
  for (const [key, old] of controls) {
    const control = now.get(key);
    if (control && !old.isConnected) copy(old, control);
  }
  if (!focused || focused.isConnected) return;
  const key = [...focusable].find(([, element]) => element === focused)?.[0];
  const target = key && byKey<HTMLElement>('input, select, textarea, button, a[href], summary').get(key);
  if (!target) return;
  target.focus({ preventScroll: true });
  if (focused instanceof HTMLInputElement && target instanceof HTMLInputElement && focused.selectionStart !== null) {
    target.setSelectionRange(focused.selectionStart, focused.selectionEnd, focused.selectionDirection ?? undefined);
  }
}

/** Like a person's own change, with events, so that controlled fields and hints follow. */
function copy(old: Control, control: Control): void {
  if (isCheckable(old) && isCheckable(control)) {
    if (old.checked !== control.checked) control.click();
    return;
  }
  if (old.value === control.value) return;
  // React ignores the event of a value that was set on the element itself.
  Object.getOwnPropertyDescriptor(Object.getPrototypeOf(control), 'value')?.set?.call(control, old.value);
  control.dispatchEvent(new Event('input', { bubbles: true }));
  control.dispatchEvent(new Event('change', { bubbles: true }));
}

function isCheckable(control: Control): control is HTMLInputElement {
  return control instanceof HTMLInputElement && (control.type === 'checkbox' || control.type === 'radio');
}
