import { z } from 'zod';
import type { Deadlines } from './deadlines';
import { MalformedResponseError } from './errors';
import type { Send } from './sender';
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

/** An operation of a wallet. Types and statuses that KunaCore may add are passed on as they are. */
export type Operation = z.infer<typeof operation>;

/** Filters, and the part of the list. */
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
export function operationEndpoints(send: Send, deadlines: Deadlines) {
  const post = (path: string, body: object) =>
    send({ method: 'POST', path, body, deadline: deadlines.read }, { retry: true });

  return {
    /**
     * Finds operations: POST /v2/operation/find. Unlike customer/find, paging is in the query. The range of `skip` is
     * documented as "1 - …": the first page sends none.
     */
    async findOperations({ skip, take, ...filters }: OperationSearch): Promise<Operation[]> {
      const paging = skip > 0 ? `skip=${skip}&take=${take}` : `take=${take}`;
      return read(await post(`/v2/operation/find?${paging}`, filters), list(operation));
    },

    /**
     * Returns one operation: POST /v2/operation/details, whose data is an array with one element. Returns null for an
     * empty array: how an unknown id is answered is not documented, a 4xx is the other possibility.
     */
    async getOperation(operationId: string): Promise<Operation | null> {
      const response = await post('/v2/operation/details', { id: operationId });
      const [found] = read(response, z.union([z.array(operation), operation.transform((one) => [one])]));
      if (!found) return null;
      if (found.id !== operationId) throw new MalformedResponseError(response.endpoint, 'another operation');
      return found;
    },
  };
}
