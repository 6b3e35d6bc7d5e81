import { z } from 'zod';
import type { Deadlines } from './deadlines';
import { MalformedAnswerError } from './errors';
import type { Sender } from './sender';
import { id, list, optionalDecimal, optionalText, read } from './wire';

const operation = z.object({
  id,
  walletId: optionalText,
  /** Documented: Deposit, Withdraw, DepositWithExchange, WithdrawWithExchange, CryptoExchange, Transfer, BuyToSendCrypto. */
  type: z.string(),
  /** Documented: Created, Processing, OnHold, Declined, Completed. */
  status: z.string(),
  sourceAsset: optionalText,
  sourceAmount: optionalDecimal,
  targetAsset: optionalText,
  targetAmount: optionalDecimal,
  fee: optionalDecimal,
  createdAt: optionalText,
  updatedAt: optionalText,
});

/** Something that happened in a wallet. Types and statuses KunaCore may add are passed on as they are. */
export type Operation = z.infer<typeof operation>;

/** Which operations, and which part of the list. */
export interface OperationSearch {
  type?: string;
  status?: string;
  walletId?: string;
  externalId?: string;
  targetAsset?: string;
  sourceAsset?: string;
  dateFrom?: string;
  dateTo?: string;
  skip: number;
  take: number;
}

/** The endpoints under /v2/operation/. All throw a KunaCoreError. */
export function operationEndpoints({ twice }: Sender, deadlines: Deadlines) {
  const post = (path: string, body: object) => twice({ method: 'POST', path, body, deadline: deadlines.read });

  return {
    /**
     * Finds operations: POST /v2/operation/find. Unlike customer/find, paging is in the query. The range of `skip` is
     * documented as "1 - …": the first page sends none.
     */
    async findOperations({ skip, take, ...filters }: OperationSearch): Promise<Operation[]> {
      const paging = skip > 0 ? `skip=${skip}&take=${take}` : `take=${take}`;
      return read(await post(`/v2/operation/find?${paging}`, filters), list(operation));
    },

    /** One operation: POST /v2/operation/details, whose data is an array with one element. */
    async getOperation(operationId: string): Promise<Operation> {
      const answer = await post('/v2/operation/details', { id: operationId });
      const [found] = read(answer, z.union([z.array(operation), operation.transform((one) => [one])]));
      if (found?.id !== operationId) throw new MalformedAnswerError(answer.endpoint, 'another operation');
      return found;
    },
  };
}
