/** A request the widget does not carry out. Its body is the JSON answer, with a `message` for the person where no field is named. */
export class Refusal extends Error {
  constructor(
    readonly status: number,
    readonly body: { error: string; message?: string; fields?: Record<string, string>; reason?: string },
  ) {
    super(body.message ?? body.error);
    this.name = 'Refusal';
  }
}

/** Refuses what was typed: one sentence for each field, by the field's name. */
export function refuseFields(fields: Record<string, string>): Refusal {
  return new Refusal(422, { error: 'fields', fields });
}
