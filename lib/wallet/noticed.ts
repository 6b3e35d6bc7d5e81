import type { Operation } from './operations-schema';

/** The most to show under the widget. */
const MOST = 3;

/**
 * Returns the operations that began or changed since a page was opened, newest first.
 * @param before the operations of the page's first response
 * @param openedAt when the page was opened: a purchase may be quicker than that response
 */
export function noticed(operations: Operation[], before: Operation[], openedAt: string): Operation[] {
  const statusBefore = new Map(before.map(({ id, status }) => [id, status]));
  return operations
    .filter(({ id, status, createdAt }) => statusBefore.get(id) !== status || (createdAt ?? '') > openedAt)
    .slice(0, MOST);
}
