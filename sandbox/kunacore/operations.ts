import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { isWithin, moment } from './dates';
import { ApiError } from './http';
import { toText, toUnits } from './money';
import type { Operation, State } from './state';

const optional = z.string().optional();
export const findBody = z.strictObject({
  type: optional,
  status: optional,
  walletId: optional,
  externalId: optional,
  targetAsset: optional,
  sourceAsset: optional,
  dateFrom: moment.optional(),
  dateTo: moment.optional(),
});
export const detailsBody = z.strictObject({ id: z.string().min(1) });
export const balanceBody = z.strictObject({ walletId: z.string().min(1), assets: z.array(z.string().min(1)) });

const PROCESSING_AFTER_MS = 1_500;
const SETTLED_AFTER_MS = 4_000;

/** Purchases. The sandbox's clock and their age decide their status, without timers. */
export class Operations {
  constructor(private readonly state: State) {}

  /** Creates a purchase. To try both endings, an amount in `.13` is declined and one in `.26` stays on hold. */
  create(input: Omit<Operation, 'id' | 'createdAt' | 'outcome' | 'decidedAt' | 'type'>): Operation {
    const operation: Operation = {
      ...input,
      id: randomUUID(),
      type: 'DepositWithExchange',
      createdAt: this.state.now(),
      outcome: input.sourceAmount.endsWith('.13')
        ? 'Declined'
        : input.sourceAmount.endsWith('.26')
          ? 'OnHold'
          : 'Completed',
    };
    this.state.data.operations.push(operation);
    this.state.changed();
    return operation;
  }

  /** Sets the status at once, as Kuna's compliance desk or a payment system would. @throws ApiError 404 */
  decide(id: string, outcome: Operation['outcome']): Operation {
    const operation = this.byId(id);
    operation.outcome = outcome;
    operation.decidedAt = this.state.now();
    this.state.changed();
    return operation;
  }

  status(operation: Operation): string {
    if (operation.decidedAt !== undefined) return operation.outcome;
    const step = this.#lastStep(operation);
    if (step === SETTLED_AFTER_MS) return operation.outcome;
    return step === PROCESSING_AFTER_MS ? 'Processing' : 'Created';
  }

  /** Returns an operation by id. @throws ApiError 404 */
  byId(id: string): Operation {
    const found = this.state.data.operations.find((operation) => operation.id === id);
    if (!found) throw new ApiError(404, 'OPERATION_NOT_FOUND', 'There is no such operation');
    return found;
  }

  /** Returns all matches, newest first. */
  find({ dateFrom, dateTo, externalId, status, ...fields }: z.infer<typeof findBody>): Operation[] {
    const criteria = Object.entries(fields).filter(([, value]) => value !== undefined) as [keyof Operation, string][];
    const rows = this.state.data.operations.filter(
      (operation) =>
        criteria.every(([name, value]) => operation[name] === value) &&
        externalId === undefined &&
        (status === undefined || this.status(operation) === status) &&
        isWithin(operation.createdAt, dateFrom, dateTo),
    );
    return rows.reverse();
  }

  balances(walletId: string, assets: string[]): { asset: string; balance: string; holdBalance: string }[] {
    const inWallet = this.state.data.operations.filter((operation) => operation.walletId === walletId);
    const sum = (asset: string, status: string[]) =>
      inWallet
        .filter((operation) => operation.targetAsset === asset && status.includes(this.status(operation)))
        .reduce((total, { targetAmount }) => total + toUnits(targetAmount), 0n);
    return assets.map((asset) => ({
      asset,
      balance: toText(sum(asset, ['Completed'])),
      holdBalance: toText(sum(asset, ['Created', 'Processing', 'OnHold'])),
    }));
  }

  /** Returns the API's form of an operation: the documented keys, null where they do not apply, and one more. */
  view(operation: Operation): object {
    const { id, walletId, type, sourceAsset, sourceAmount, targetAsset, targetAmount, fee, createdAt } = operation;
    const updatedAt = operation.decidedAt ?? createdAt + this.#lastStep(operation);
    const status = this.status(operation);
    const amounts = { sourceAsset, sourceAmount, targetAsset, targetAmount, fee };
    return {
      id,
      walletId,
      type,
      status,
      ...amounts,
      txHash: null,
      externalId: null,
      createdAt: new Date(createdAt).toISOString(),
      updatedAt: new Date(updatedAt).toISOString(),
      channel: 'widget',
    };
  }

  /** Returns the operation's age at its last change of status, in milliseconds. */
  #lastStep({ createdAt }: Operation): number {
    const age = this.state.now() - createdAt;
    return [SETTLED_AFTER_MS, PROCESSING_AFTER_MS].find((step) => age >= step) ?? 0;
  }
}
