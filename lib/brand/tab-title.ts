import { brand } from './brand';

/**
 * Returns the title of a page in the browser's tab, for a `<title>` within the page. As a part of the page it changes with
 * it. Next's metadata arrives after the page, and the tab would have no title until then.
 */
export function tabTitle(page: string): string {
  return `${page} · ${brand.name}`;
}
