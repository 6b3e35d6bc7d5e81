/** Limits each kind of call in all, in milliseconds: login, connecting, headers, body, a second attempt. */
export interface Deadlines {
  create: number;
  update: number;
  read: number;
  token: number;
  invalidate: number;
  /** Limits one login. A call that waits for it keeps its own deadline. */
  login: number;
}

export const DEFAULT_DEADLINES: Deadlines = {
  create: 10_000,
  update: 10_000,
  read: 5_000,
  token: 5_000,
  invalidate: 5_000,
  login: 5_000,
};
