/** Returns `value`; throws when an SDK left out what its service always sends. `what` names it in the message. */
export function present<T>(value: T | null | undefined, what: string): T {
  if (value === undefined || value === null) throw new Error(`The service's answer lacks ${what}.`);
  return value;
}
