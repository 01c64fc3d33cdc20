/** A value that no author of a policy has listed, such as the subject of another application of the tenant. */
export const STRANGER = Symbol('a value that the policy does not list');

export type ContextValue = string | typeof STRANGER;

/** The values of a condition key; `unknown` where it depends on the caller or on circumstances whether it is there and what it is. */
export type KeyValues = readonly ContextValue[] | 'unknown';

/** The values of a condition key in a request, by its name in lower case; `undefined` for a key that is not part of it. */
export interface RequestContext {
  get(key: string): KeyValues | undefined;
}
