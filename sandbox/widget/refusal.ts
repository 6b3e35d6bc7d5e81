/** A refused request. Its body is the JSON response, with a `message` for people where it names no field. */
export class Refusal extends Error {
  constructor(
    readonly status: number,
    readonly body: { error: string; message?: string; fields?: Record<string, string>; reason?: string },
  ) {
    super(body.message ?? body.error);
    this.name = 'Refusal';
  }
}

/** Refuses typed values, with one sentence for each field by its name. */
export function refuseFields(fields: Record<string, string>): Refusal {
  return new Refusal(422, { error: 'fields', fields });
}
