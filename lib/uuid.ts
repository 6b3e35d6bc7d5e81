/** Whether a text from outside can be one of our ids; PostgreSQL answers anything else with an error. */
export function isUuid(value: unknown): value is string {
  return typeof value === 'string' && /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i.test(value);
}
