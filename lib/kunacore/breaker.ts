import {
  type CircuitBreakerPolicy,
  ConsecutiveBreaker,
  circuitBreaker,
  handleWhen,
  isBrokenCircuitError,
} from 'cockatiel';
import { CIRCUIT_OPEN, RejectedError, TimeoutError, UnreachableError } from './errors';

/** When KunaCore is left alone, and for how long. */
export interface BreakerOptions {
  /** Consecutive outages that open a circuit. */
  failures?: number;
  /** After this long one call may try again, in milliseconds. */
  halfOpenAfter?: number;
  /** Told when the circuit of an endpoint opens and closes. */
  onChange?: (endpoint: string, open: boolean) => void;
}

const FAILURES = 5;
const HALF_OPEN_AFTER_MS = 5_000;

/**
 * One circuit for each endpoint, so that a broken one does not stop the others. After five consecutive outages calls
 * fail at once; every 5 s one is let through, and the others wait for what it finds.
 * @returns a function that makes a call, or throws an UnreachableError with the code CIRCUIT_OPEN.
 */
export function createBreaker({ failures = FAILURES, halfOpenAfter = HALF_OPEN_AFTER_MS, onChange }: BreakerOptions) {
  const circuits = new Map<string, CircuitBreakerPolicy>();
  const circuitOf = (endpoint: string) => {
    const circuit =
      circuits.get(endpoint) ??
      circuitBreaker(handleWhen(isOutage), { halfOpenAfter, breaker: new ConsecutiveBreaker(failures) });
    if (!circuits.has(endpoint)) {
      circuit.onBreak(() => onChange?.(endpoint, true));
      circuit.onReset(() => onChange?.(endpoint, false));
    }
    circuits.set(endpoint, circuit);
    return circuit;
  };
  return async <T>(endpoint: string, call: () => Promise<T>): Promise<T> => {
    try {
      return await circuitOf(endpoint).execute(call);
    } catch (error) {
      if (error instanceof Error && isBrokenCircuitError(error))
        throw new UnreachableError(endpoint, CIRCUIT_OPEN, false);
      throw error;
    }
  };
}

/** Nobody answers, or not with an answer of its own. A plain no, and "too many requests", come from a living KunaCore. */
function isOutage(error: Error): boolean {
  if (error instanceof RejectedError) return error.status >= 500;
  return error instanceof UnreachableError || error instanceof TimeoutError;
}
