'use client';

import { useLayoutEffect, useState } from 'react';
import { takeOver } from './as-served';

/**
 * Keeps input, focus and a press when React renders the document again. React does so if, for example, a browser
 * extension has changed the server's HTML before hydration (https://react.dev/errors/418). The new render reads the
 * old controls and fills the new ones before the browser paints.
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
  /** The element under a pressed pointer, and its position. The press itself can trigger the render. */
  pressed: { element: Element; box: DOMRect } | null;
  stopWatching: () => void;
}

type Control = HTMLInputElement | HTMLSelectElement | HTMLTextAreaElement;

const CONTROLS = 'input:not([type=hidden], [type=submit], [type=button], [type=file]), select, textarea';
const FOCUSABLE = 'input, select, textarea, button, a[href], summary';

function readPage(): PageState | null {
  if (typeof document === 'undefined') return null;
  const pressed = [...document.querySelectorAll(':active')].pop()?.closest(FOCUSABLE);
  const rendering = new AbortController();
  const state: PageState = {
    controls: byKey<Control>(CONTROLS),
    focusable: byKey<HTMLElement>(FOCUSABLE),
    focused: document.activeElement,
    pressed: pressed ? { element: pressed, box: pressed.getBoundingClientRect() } : null,
    stopWatching: () => rendering.abort(),
  };
  // The focus may move while React renders.
  const followFocus = ({ target }: FocusEvent) => {
    state.focused = target as Element;
  };
  document.addEventListener('focusin', followFocus, { signal: rendering.signal });
  return state;
}

/** Maps elements by a key that is the same in both renders. Equal elements are numbered in their order. */
function byKey<E extends HTMLElement>(selector: string): Map<string, E> {
  const found = new Map<string, E>();
  for (const element of document.querySelectorAll<E>(selector)) {
    const { tagName, id } = element;
    const attributes = ['type', 'name', 'href', 'value'].map((name) =>
      // Some extensions write typed text into the attribute `value`.
      name === 'value' && !/^(checkbox|radio|submit)$/.test(element.getAttribute('type') ?? '')
        ? ''
        : element.getAttribute(name),
    );
    // Two buttons may differ only in their text.
    const text = element.matches('button, a, summary') ? element.textContent : '';
    const key = JSON.stringify([tagName, id, text, ...attributes]);
    let count = 0;
    while (found.has(`${key}${count}`)) count += 1;
    found.set(`${key}${count}`, element);
  }
  return found;
}

function restore({ controls, focusable, focused, pressed, stopWatching }: PageState): void {
  stopWatching();
  const now = byKey<Control>(CONTROLS);
  for (const [key, old] of controls) {
    const control = now.get(key);
    if (control && !old.isConnected) copy(old, control);
  }
  const successor = (old: Element | null) => {
    if (!old || old.isConnected) return undefined;
    const key = [...focusable].find(([, element]) => element === old)?.[0];
    return key === undefined ? undefined : byKey<HTMLElement>(FOCUSABLE).get(key);
  };
  focus(focused, successor(focused));
  const target = successor(pressed?.element ?? null);
  if (target && pressed) press(target, pressed.box);
}

function focus(old: Element | null, target: HTMLElement | undefined): void {
  target?.focus({ preventScroll: true });
  if (old instanceof HTMLInputElement && target instanceof HTMLInputElement && old.selectionStart !== null)
    target.setSelectionRange(old.selectionStart, old.selectionEnd, old.selectionDirection ?? undefined);
}

/**
 * Completes a mouse press that began on the old element: browsers send the new one neither focus nor click. Accepts a
 * release at the old position too, since the new page may have moved the element. A touch clicks by itself.
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

/** Copies a value with the events of a user's change, so that controlled fields and hints follow. */
function copy(old: Control, control: Control): void {
  if (isCheckable(old) && isCheckable(control)) {
    if (old.checked !== control.checked) control.click();
    return;
  }
  if (old.value === control.value) return;
  // React overrides `value` on the element, and ignores the event of a value set through its override.
  Object.getOwnPropertyDescriptor(Object.getPrototypeOf(control), 'value')?.set?.call(control, old.value);
  control.dispatchEvent(new Event('input', { bubbles: true }));
  control.dispatchEvent(new Event('change', { bubbles: true }));
}

function isCheckable(control: Control): control is HTMLInputElement {
  return control instanceof HTMLInputElement && (control.type === 'checkbox' || control.type === 'radio');
}
