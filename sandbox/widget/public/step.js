const main = document.querySelector('#widget');
const words = JSON.parse(document.querySelector('#words')?.textContent ?? '{}');
let leaving = new AbortController();
let isFirst = true;

/** Returns a text in the page's language. Numbers may differ from the known text's. */
export function say(text) {
  const numbers = text.match(/\d+/g) ?? [];
  return words[text.replace(/\d+/g, '#')]?.replace(/#/g, () => numbers.shift() ?? '') ?? text;
}

/**
 * Replaces the current step by a step's template.
 *
 * @param {string} name the template's id without `step-`
 * @param {Record<string, string>} [texts] for its `data-text` elements
 * @returns {{ root: HTMLElement, signal: AbortSignal }} the signal aborts when the step is left
 */
export function showStep(name, texts = {}) {
  leaving.abort();
  leaving = new AbortController();
  const root = document.querySelector(`#step-${name}`).content.cloneNode(true).firstElementChild;
  setTexts(root, texts);
  main.replaceChildren(root);
  // Not for the first step, because a loading frame must not take the focus from the page around it.
  if (!isFirst) {
    root.querySelector('h1').focus({ preventScroll: true });
    window.scrollTo(0, 0);
  }
  isFirst = false;
  return { root, signal: leaving.signal };
}

/** Updates only `data-text` elements whose text has changed, so that live regions announce once. */
export function setTexts(root, texts) {
  for (const [key, text] of Object.entries(texts)) {
    for (const element of root.querySelectorAll(`[data-text="${key}"]`)) {
      if (element.textContent !== text) element.textContent = text;
    }
  }
}

/** Returns the element of a step with this role. */
export function action(root, name) {
  return root.querySelector(`[data-action="${name}"]`);
}

/** Shows a sentence above the step's button, or removes it. */
export function showNotice(root, message = '') {
  const notice = root.querySelector('[data-notice]');
  notice.textContent = say(message);
  notice.hidden = message === '';
}
