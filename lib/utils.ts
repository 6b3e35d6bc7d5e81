import { type ClassValue, clsx } from 'clsx';

/** Joins class names. Never pass two utilities of one kind: the style sheet's order would decide between them. */
export function cn(...inputs: ClassValue[]): string {
  return clsx(inputs);
}
