/** `$$…`: text that begins with a dollar sign. Of React's references only those that the portal's own forms use. */
const REFERENCE = /^\$(\$|K[\da-f]+$|@[\da-f]+$|undefined$)/;
/** Parts of an action's body: an argument, or a field of the form that is one (`_1_firstName`). */
const ARGUMENT_PART = /^([\da-f]+$|_[\da-f]+_)/;
/** What Next adds to a form for browsers without script. */
const WITHOUT_SCRIPT = /^\$ACTION_(ID_[\da-f]+$|REF_\d+$|\d+:\d+$|KEY$)/;
const DEEPEST = 8;

/**
 * Whether what was posted can be what it says it is. A server action's body is decoded by Next, which answers 500 to
 * damage and to references that no form of the portal sends; so both are found here, before. Reads the body.
 * (React's Flight reply format; advisories of 2025-12 to 2026-07 on its decoder)
 */
export async function isReadableBody(request: Request): Promise<boolean> {
  const type = (request.headers.get('content-type') ?? '').toLowerCase();
  const isAction = request.headers.has('next-action');
  try {
    if (type.startsWith('multipart/form-data')) return isReadableForm(await request.formData(), isAction);
    if (type.startsWith('application/x-www-form-urlencoded')) return !isAction && Boolean(await request.formData());
    const text = await request.text();
    if (isAction) return isReadableFlight(text);
    return !/json/.test(type) || JSON.parse(text) !== undefined;
  } catch {
    return false;
  }
}

function isReadableForm(form: FormData, isAction: boolean): boolean {
  const entries = [...form.entries()];
  const forNext = isAction || entries.some(([name]) => name.startsWith('$ACTION'));
  if (!forNext) return true;
  if (isAction && !isReadableFlight(form.get('0'))) return false;
  return entries.every(([name, value]) => {
    if (isAction) return ARGUMENT_PART.test(name);
    return !name.startsWith('$') || (WITHOUT_SCRIPT.test(name) && (!name.includes(':') || isPlain(parse(value), 0)));
  });
}

/** The arguments of an action. */
function isReadableFlight(text: unknown): boolean {
  const json = parse(text);
  return Array.isArray(json) && isPlain(json, 0);
}

function parse(text: unknown): unknown {
  if (typeof text !== 'string') throw new SyntaxError('not text');
  return JSON.parse(text);
}

/** Objects, lists, numbers, yes and no, and text that refers to nothing but a form. */
function isPlain(value: unknown, depth: number): boolean {
  if (depth > DEEPEST) return false;
  if (typeof value === 'string') return !value.startsWith('$') || REFERENCE.test(value);
  if (typeof value !== 'object' || value === null) return true;
  return Object.entries(value).every(([key, inner]) => key !== '__proto__' && isPlain(inner, depth + 1));
}
