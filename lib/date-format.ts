// The one place that formats dates and times: in the institution's time zone, English as Europe writes it.
import { brand } from '@/lib/brand/brand';
import { type Language, localeOf } from '@/lib/choices';

type Options = Intl.DateTimeFormatOptions;
/** The usual form: "26 Nov 2026, 00:19". "12:19 AM" is misread, and 11/12 is two dates. */
const DAY_AND_TIME: Options = { dateStyle: 'medium', timeStyle: 'short' };

/**
 * Formats a moment, such as "26 Nov 2026, 00:19".
 * @param at a date, or KunaCore's text, which is returned as it is when it is no date
 * @param options other parts, such as `{ dateStyle: 'long' }`
 */
export function formatDate(at: Date | string, language: Language, options: Options = DAY_AND_TIME): string {
  const date = new Date(at);
  if (Number.isNaN(date.getTime())) return String(at);
  return new Intl.DateTimeFormat(localeOf(language), {
    hourCycle: 'h23',
    timeZone: brand.timeZone,
    ...options,
  }).format(date);
}

/** Formats as "2026-11-23 12:00:00", which spreadsheets of every language read as a time. Returns other texts as null. */
export function formatForSpreadsheet(at: string, timeZone: string): string | null {
  const date = new Date(at);
  // Sweden's format is ISO 8601.
  const formatter = new Intl.DateTimeFormat('sv-SE', { dateStyle: 'short', timeStyle: 'medium', timeZone });
  return Number.isNaN(date.getTime()) ? null : formatter.format(date);
}
