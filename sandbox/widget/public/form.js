import { Refused } from './call.js';
import { say, showNotice } from './step.js';

/**
 * Sends a step's form, one call at a time, and shows errors beside the fields.
 *
 * @param {(values: Record<string, string>) => Promise<void>} send may throw Refused
 */
export function onSubmit(root, send) {
  const form = root.querySelector('form');
  const button = form.querySelector('[type="submit"]');
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    clearErrors(form);
    whileBusy(
      root,
      button,
      () => send(Object.fromEntries(new FormData(form))),
      (fields) => showErrors(form, fields),
    );
  });
  form.addEventListener('input', ({ target }) => clearError(target));
}

/** Runs a button's work, one call at a time, and shows a refusal as a sentence in the step. */
export async function whileBusy(root, button, work, onFields = () => {}) {
  if (button.getAttribute('aria-busy') === 'true') return;
  button.setAttribute('aria-busy', 'true');
  showNotice(root);
  try {
    await work();
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    if (Object.keys(error.fields).length > 0) onFields(error.fields);
    else showNotice(root, error.message);
  } finally {
    button.removeAttribute('aria-busy');
  }
}

function showErrors(form, fields) {
  const wrong = [...form.elements].filter(({ name }) => fields[name]);
  for (const input of wrong) {
    const message = document.createElement('p');
    message.id = `${input.id}-error`;
    message.className = 'error';
    message.textContent = say(fields[input.name]);
    input.closest('.field').append(message);
    input.setAttribute('aria-invalid', 'true');
    input.setAttribute('aria-describedby', message.id);
  }
  wrong[0]?.focus();
}

function clearErrors(form) {
  for (const input of form.elements) clearError(input);
}

function clearError(input) {
  if (!input.hasAttribute('aria-invalid')) return;
  document.getElementById(input.getAttribute('aria-describedby'))?.remove();
  input.removeAttribute('aria-invalid');
  input.removeAttribute('aria-describedby');
}
