import { useLocale } from 'next-intl';
import { formatDate } from '@/lib/date-format';

/** Returns a function that says when something was: the time, with its day unless that is today. */
export function useTimeOf(): (at: string | number) => string {
  const language = useLocale();
  const day = { day: 'numeric', month: 'short' } as const;
  const time = { hour: '2-digit', minute: '2-digit' } as const;
  const dayOf = (date: Date) => formatDate(date, language, day);
  return (at) => {
    const date = new Date(at);
    return formatDate(date, language, dayOf(date) === dayOf(new Date()) ? time : { ...day, ...time });
  };
}
