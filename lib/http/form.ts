/** Returns the argument of an action as a form. Clients can send any value; anything else becomes an empty form. */
export function asForm(value: unknown): FormData {
  return value instanceof FormData ? value : new FormData();
}
