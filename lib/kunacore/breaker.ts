import {
  type CircuitBreakerPolicy,
  ConsecutiveBreaker,
  circuitBreaker,
  handleWhen,
  isBrokenCircuitError,
} from 'cockatiel';
import { CIRCUIT_OPEN, RejectedError, TimeoutError, UnreachableError } from './errors';

/** When the circuits open, and for how long. */
export interface BreakerOptions {
  /** Consecutive outages that open a circuit. */
  failures?: number;
  /** After this long one call is let through, in milliseconds. */
  halfOpenAfter?: number;
  /** Called when the circuit of an endpoint opens and closes. */
  onChange?: (endpoint: string, open: boolean) => void;
}

/**
 * Creates one circuit for each endpoint, so that a broken one does not stop the others. After five consecutive outages
 * calls fail at once; every 5 s one is let through, and its result decides.
 * @returns a function that makes a call, or throws an UnreachableError with the code CIRCUIT_OPEN.
 */
export function createBreaker({ failures = 5, halfOpenAfter = 5_000, onChange }: BreakerOptions) {
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
      const isOpen = error instanceof Error && isBrokenCircuitError(error);
      throw isOpen ? new UnreachableError(endpoint, CIRCUIT_OPEN, false) : error;
    }
  };
}

/** Returns whether KunaCore is down. A 4xx, "too many requests" included, comes from a working KunaCore. */
function isOutage(error: Error): boolean {
  if (error instanceof RejectedError) return error.status >= 500;
  return error instanceof UnreachableError || error instanceof TimeoutError;
}
