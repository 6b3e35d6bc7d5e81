/** Describes JSON: `'string?'` may be null, an array has one description for all its items. */
export type Shape = 'string' | 'number' | 'string?' | 'number?' | readonly [Shape] | { readonly [name: string]: Shape };

/** The type that a description describes. */
export type Described<S> = S extends 'string'
  ? string
  : S extends 'number'
    ? number
    : S extends 'string?'
      ? string | null
      : S extends 'number?'
        ? number | null
        : S extends readonly [infer Item]
          ? Described<Item>[]
          : { -readonly [Name in keyof S]: Described<S[Name]> };

/**
 * Reports whether JSON has the described shape. The browser checks the portal's own responses with it, because a schema
 * library would be a fifth of the page's script.
 */
export function hasShape<const S extends Shape>(shape: S, value: unknown): value is Described<S> {
  if (typeof shape === 'string')
    return (shape.endsWith('?') && value === null) || typeof value === shape.replace('?', '');
  if (isList(shape)) return Array.isArray(value) && value.every((item) => hasShape(shape[0], item));
  if (typeof value !== 'object' || value === null) return false;
  return Object.entries(shape).every(([name, inner]) => hasShape(inner, (value as Record<string, unknown>)[name]));
}

function isList(shape: Shape): shape is readonly [Shape] {
  return Array.isArray(shape);
}
