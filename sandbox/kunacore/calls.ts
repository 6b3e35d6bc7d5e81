/** One call of the API for the tests, without credentials. */
export interface Call {
  seq: number;
  at: string;
  method: string;
  path: string;
  query: string;
  /** Parsed JSON, else the text. */
  body: unknown;
  headers: Record<string, string | undefined>;
  authentication: 'api-key' | 'bearer' | 'none';
  /** Null when no response was completed. */
  status: number | null;
  fault: string | null;
}

/** The history of calls, oldest first. */
export class Calls {
  #calls: Call[] = [];
  #seq = 0;

  add(call: Omit<Call, 'seq'>): Call {
    this.#seq += 1;
    const entry = { seq: this.#seq, ...call };
    this.#calls.push(entry);
    return entry;
  }

  all(): Call[] {
    return this.#calls;
  }

  clear(): void {
    this.#calls = [];
    this.#seq = 0;
  }
}
