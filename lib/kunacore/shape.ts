import type { Shape } from './contract';

const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;
const DECIMAL = /^-?\d+(\.\d+)?$/;
/** Keys whose text has a documented form. Other texts may look like a number or a time by chance. */
const TIME_KEY = /At$/;
const DECIMAL_KEY = /(?:amount|balance|fee)$/i;
/** An object whose keys are currencies, which come and go. */
const MAP_KEY = 'equivalent';
/** Names of keys are Kuna's. Anything else in their place could be a person's data. */
const NAME = /^[\w-]{1,60}$/;
/** Limits the rows of a list that are looked at. */
const MOST_ROWS = 50;

/** The path of the document itself. */
const ROOT = '$';

/** The type of a key that only some objects of a list have. */
export const ABSENT = 'absent';

/** Returns the types of every value of a JSON document, by path. Lists count as one: `data[].id`. */
export function shapeOf(body: unknown): Shape {
  const types = new Map<string, Set<string>>();
  collect([body], ROOT, '', types);
  return Object.fromEntries([...types].sort(compareNames).map(([path, names]) => [path, [...names].sort()]));
}

/** Merges the shapes of two responses of an endpoint. A key that one of them lacks becomes `absent` there. */
export function mergeShapes(first: Shape, second: Shape): Shape {
  const paths = [...new Set([...Object.keys(first), ...Object.keys(second)])].sort();
  return Object.fromEntries(
    paths.map((path) => {
      const missing = [first, second].some((shape) => lacks(shape, path));
      const names = [...(first[path] ?? []), ...(second[path] ?? []), ...(missing ? [ABSENT] : [])];
      return [path, [...new Set(names)].sort()];
    }),
  );
}

/** Returns whether a shape has the object of this key, but not the key. */
export function lacks(shape: Shape, path: string): boolean {
  if (shape[path]) return false;
  const parent = parentOf(path);
  return parent !== undefined && (shape[parent]?.includes('object') ?? false);
}

/** Returns the path of the object that has this key; undefined for the document itself and for rows of a list. */
function parentOf(path: string): string | undefined {
  if (path === ROOT || path.endsWith('[]') || path.endsWith('.*')) return undefined;
  return path.includes('.') ? path.slice(0, path.lastIndexOf('.')) : ROOT;
}

/** Adds the types of these values, which share a path. */
function collect(values: unknown[], path: string, key: string, types: Map<string, Set<string>>): void {
  const names = types.get(path) ?? new Set();
  types.set(path, names);
  for (const value of values) names.add(typeOf(value, key));
  const rows = values.filter(Array.isArray).flatMap((list) => list.slice(0, MOST_ROWS));
  if (rows.length > 0) collect(rows, `${path}[]`, key, types);
  const objects = values.filter(isObject);
  if (key === MAP_KEY) {
    collectMap(objects, path, types);
    return;
  }
  for (const name of new Set(objects.flatMap(Object.keys))) {
    const having = objects.filter((object) => Object.hasOwn(object, name));
    const shown = NAME.test(name) ? name : '?';
    const inner = path === ROOT ? shown : `${path}.${shown}`;
    collect(
      having.map((object) => object[name]),
      inner,
      name,
      types,
    );
    if (having.length < objects.length) types.get(inner)?.add(ABSENT);
  }
}

function collectMap(objects: Record<string, unknown>[], path: string, types: Map<string, Set<string>>): void {
  const values = objects.flatMap((object) => Object.values(object));
  if (values.length > 0) collect(values, `${path}.*`, 'amount', types);
}

function typeOf(value: unknown, key: string): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  if (typeof value === 'number') return Number.isInteger(value) ? 'integer' : 'float';
  if (typeof value !== 'string') return typeof value;
  if (TIME_KEY.test(key) && TIME.test(value)) return 'time';
  return DECIMAL_KEY.test(key) && DECIMAL.test(value) ? 'decimal' : 'string';
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function compareNames([first]: [string, unknown], [second]: [string, unknown]): number {
  return first < second ? -1 : 1;
}
