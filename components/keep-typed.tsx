'use client';

import { useLayoutEffect, useState } from 'react';
import { takeOver } from './as-served';

/**
 * Carries what was typed, chosen, focused and pressed over a redraw. React discards the server's HTML and draws the
 * document anew when something else, such as a browser extension, has changed it before the scripts ran
 * (https://react.dev/errors/418). That draw reads the old controls, and fills the new ones before the browser paints.
 */
export function KeepTyped() {
  const [before] = useState(readPage);
  useLayoutEffect(() => {
    takeOver();
    if (before) restore(before);
  }, [before]);
  return null;
}

interface PageState {
  controls: Map<string, Control>;
  focusable: Map<string, HTMLElement>;
  focused: Element | null;
  /** Under a pointer that is down (the press itself can be what makes React draw the page), and where it was. */
  pressed: { element: Element; place: DOMRect } | null;
  isDrawn: () => void;
}

type Control = HTMLInputElement | HTMLSelectElement | HTMLTextAreaElement;

const CONTROLS = 'input:not([type=hidden], [type=submit], [type=button], [type=file]), select, textarea';
const FOCUSABLE = 'input, select, textarea, button, a[href], summary';

function readPage(): PageState | null {
  // On the server there is nothing to read.
  if (typeof document === 'undefined') return null;
  const pressed = [...document.querySelectorAll(':active')].pop()?.closest(FOCUSABLE);
  const drawing = new AbortController();
  const state: PageState = {
    controls: byKey<Control>(CONTROLS),
    focusable: byKey<HTMLElement>(FOCUSABLE),
    focused: document.activeElement,
    pressed: pressed ? { element: pressed, place: pressed.getBoundingClientRect() } : null,
    isDrawn: () => drawing.abort(),
  };
  // The person may go on to another field while React is drawing.
  const moveOn = ({ target }: FocusEvent) => {
    state.focused = target as Element;
  };
  document.addEventListener('focusin', moveOn, { signal: drawing.signal });
  return state;
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
    // Two buttons may differ in nothing but their words.
    const words = element.matches('button, a, summary') ? element.textContent : '';
    const key = JSON.stringify([tagName, id, words, ...attributes]);
    let place = 0;
    while (found.has(`${key}${place}`)) place += 1;
    found.set(`${key}${place}`, element);
  }
  return found;
}

function restore({ controls, focusable, focused, pressed, isDrawn }: PageState): void {
  isDrawn();
  const now = byKey<Control>(CONTROLS);
  for (const [key, old] of controls) {
    const control = now.get(key);
    if (control && !old.isConnected) copy(old, control);
  }
  const drawnAnew = (old: Element | null) => {
    if (!old || old.isConnected) return undefined;
    const key = [...focusable].find(([, element]) => element === old)?.[0];
    return key === undefined ? undefined : byKey<HTMLElement>(FOCUSABLE).get(key);
  };
  focus(focused, drawnAnew(focused));
  const target = drawnAnew(pressed?.element ?? null);
  if (target && pressed) press(target, pressed.place);
}

function focus(old: Element | null, target: HTMLElement | undefined): void {
  target?.focus({ preventScroll: true });
  if (old instanceof HTMLInputElement && target instanceof HTMLInputElement && old.selectionStart !== null)
    target.setSelectionRange(old.selectionStart, old.selectionEnd, old.selectionDirection ?? undefined);
}

/**
 * A mouse that goes down on the old element and up on the new one causes no focus and no click. The new page may also
 * have moved the element from under the pointer. A touch clicks by itself, at its end.
 */
function press(target: HTMLElement, { left, right, top, bottom }: DOMRect): void {
  const up = ({ pointerType, target: under, clientX, clientY }: PointerEvent) => {
    const stayed = clientX >= left && clientX <= right && clientY >= top && clientY <= bottom;
    if (pointerType !== 'mouse' || !(stayed || target.contains(under as Node))) return;
    target.focus({ preventScroll: true });
    target.click();
  };
  document.addEventListener('pointerup', up, { once: true });
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
