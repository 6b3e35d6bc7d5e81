/** How long each kind of call may take in all, in milliseconds: login, connecting, headers, body, a second attempt. */
export interface Deadlines {
  create: number;
  update: number;
  read: number;
  token: number;
  invalidate: number;
  /** Over one login. A call that waits for it is still held to its own deadline. */
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
