/** The query parameter that names the open operation. */
export const OPERATION_PARAM = 'operation';

/** Returns the address of an operation in the activity, with the filter of the list. */
export function operationHref(id: string, filter = ''): string {
  const search = new URLSearchParams(filter);
  search.set(OPERATION_PARAM, id);
  return `/account/activity?${search}`;
}
