import { type ClassValue, clsx } from 'clsx';

/** Joins class names. Never pass two utilities of one kind: the style sheet's order would decide between them. */
export function cn(...inputs: ClassValue[]): string {
  return clsx(inputs);
}

/**
 * Returns the number that a page shows for support: the beginning of an id that the log holds, short enough to be read out
 * on the phone.
 */
export function shortNumber(id: string): string {
  return id.slice(0, 8);
}
