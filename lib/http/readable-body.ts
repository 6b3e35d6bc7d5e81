/**
 * Reports whether a body matches its content type, by the platform's parsers. A damaged body gets a 400 instead of an
 * error. React decodes the arguments of actions (decision 028). Reads the body.
 */
export async function isReadableBody(request: Request): Promise<boolean> {
  const type = (request.headers.get('content-type') ?? '').toLowerCase();
  try {
    if (/^(multipart\/form-data|application\/x-www-form-urlencoded)/.test(type)) await request.formData();
    else if (type.includes('json')) JSON.parse(await request.text());
    return true;
  } catch {
    return false;
  }
}
