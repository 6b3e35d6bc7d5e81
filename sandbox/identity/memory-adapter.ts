import type { Adapter, Payload } from 'oidc-provider';

interface Entry {
  payload: Payload;
  expiresAt: number;
}

/** Above this number, expired entries are removed, so that a load test does not fill the memory. */
const SWEEP_ABOVE = 5000;

/**
 * Keeps one provider's sessions, codes and tokens in memory, without the small limit of the library's own adapter.
 *
 * @param now milliseconds since 1970; passed in so that a test can move it
 * @returns a factory of adapters, one for each kind of entry
 */
export function createMemoryAdapter(now: () => number = Date.now): (kind: string) => MemoryAdapter {
  return () => new MemoryAdapter(now);
}

export class MemoryAdapter implements Adapter {
  private readonly entries = new Map<string, Entry>();

  constructor(private readonly now: () => number) {}

  async upsert(id: string, payload: Payload, expiresInSeconds?: number): Promise<void> {
    if (this.entries.size >= SWEEP_ABOVE) this.sweep();
    const expiresAt = expiresInSeconds === undefined ? Number.POSITIVE_INFINITY : this.now() + expiresInSeconds * 1000;
    this.entries.set(id, { payload, expiresAt });
  }

  /** Returns everything that has not expired. */
  all(): Payload[] {
    const now = this.now();
    return [...this.entries.values()].filter(({ expiresAt }) => expiresAt > now).map(({ payload }) => payload);
  }

  async find(id: string): Promise<Payload | undefined> {
    const entry = this.entries.get(id);
    return entry && entry.expiresAt > this.now() ? entry.payload : undefined;
  }

  async findByUid(uid: string): Promise<Payload | undefined> {
    for (const [id, { payload }] of this.entries) if (payload.uid === uid) return this.find(id);
    return undefined;
  }

  /** Unused: only the device flow has user codes, and it is off. */
  async findByUserCode(): Promise<undefined> {
    return undefined;
  }

  async consume(id: string): Promise<void> {
    const payload = await this.find(id);
    if (payload) payload.consumed = Math.floor(this.now() / 1000);
  }

  async destroy(id: string): Promise<void> {
    this.entries.delete(id);
  }

  async revokeByGrantId(grantId: string): Promise<void> {
    for (const [id, { payload }] of this.entries) if (payload.grantId === grantId) this.entries.delete(id);
  }

  private sweep(): void {
    const now = this.now();
    for (const [id, { expiresAt }] of this.entries) if (expiresAt <= now) this.entries.delete(id);
  }
}
