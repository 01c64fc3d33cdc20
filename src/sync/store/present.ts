import { StoreError } from './store-error.ts';

/**
 * Returns `value`; throws a StoreError where an answer lacks what the service always sends: it concerns the object that was asked for, and no
 * other. `what` names it in the message.
 */
export function present<T>(value: T | null | undefined, what: string): T {
  if (value !== undefined && value !== null) return value;
  const message = `The service's answer lacks ${what}. Check what is between the bridge and the service (a proxy, an endpoint of its own), and start the run again.`;
  throw new StoreError('rejected', message);
}
