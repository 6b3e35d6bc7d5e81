import { z } from 'zod';

const value = z
  .string()
  .trim()
  .max(40)
  .regex(/^[\w.-]*$/)
  .catch('');
// JavaScript reads the years 0 to 99 as 1900 to 1999.
const day = z.iso
  .date()
  .regex(/^(?!00)/)
  .or(z.literal(''))
  .catch('');

/** Filters of operations; an empty text means all. Days are whole days in the institution's time zone. */
export const operationFilter = z.object({
  type: value.default(''),
  status: value.default(''),
  asset: value.default(''),
  from: day.default(''),
  to: day.default(''),
});
export type OperationFilter = z.infer<typeof operationFilter>;

/** Every operation. */
export const noFilter: OperationFilter = operationFilter.parse({});

/** Returns a text as the id of an operation, or null. KunaCore's ids are any text. */
export function operationId(text: unknown): string | null {
  return typeof text === 'string' && text !== '' && text.length <= 100 ? text : null;
}
