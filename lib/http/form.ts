/** What an action was called with, if it was a form. Anybody can call an action with anything. */
export function asForm(value: unknown): FormData {
  return value instanceof FormData ? value : new FormData();
}
