/**
 * Whether what was posted is what its content type says, read by the platform's own parsers: damage is answered with
 * 400 instead of a failure. What an action's arguments may be is React's to decode (decision 028). Reads the body.
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
