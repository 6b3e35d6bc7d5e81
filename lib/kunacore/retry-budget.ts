/** Second attempts for every call, in the long run: 10 %. */
const SHARE = 0.1;
/** As many may come at once. */
const MOST = 10;

/** Second attempts are for single mishaps: when everything fails they would double the load. cockatiel has no budget. */
export class RetryBudget {
  #left = MOST;

  /** To be told of every first attempt. */
  earn(): void {
    this.#left = Math.min(MOST, this.#left + SHARE);
  }

  /** @returns whether a second attempt may be made; it is counted. */
  spend(): boolean {
    if (this.#left < 1) return false;
    this.#left -= 1;
    return true;
  }
}
