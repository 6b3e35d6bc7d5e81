import { useFormatter } from 'next-intl';

/** Returns a function that says when something was: the time, with its day unless that is today. */
export function useTimeOf(): (at: string | number) => string {
  const format = useFormatter();
  const day = { day: 'numeric', month: 'short' } as const;
  // "12:31 AM" is often read as noon.
  const time = { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' } as const;
  return (at) => {
    const date = new Date(at);
    const isToday = format.dateTime(date, day) === format.dateTime(new Date(), day);
    return format.dateTime(date, isToday ? time : { ...day, ...time });
  };
}
