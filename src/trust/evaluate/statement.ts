import { conditionTruth, type PolicyCondition } from './conditions.ts';
import { matches, patternOf } from './pattern.ts';
import type { RequestContext } from './request-context.ts';
import { allOf, anyOf, not, type Truth, truthOf } from './truth.ts';
import { resolvePattern } from './variables.ts';

/** A principal of a statement or a caller: an ARN, a domain, an account, or `*`. */
export interface Principal {
  /** `AWS`, `Federated`, `Service`, `CanonicalUser`; `*` for everyone. */
  readonly type: string;
  readonly id: string;
}

/** A statement of a policy, its optional lists empty where it has none. */
export interface Statement {
  /** Path in the document. */
  readonly place: string;
  readonly isAllow: boolean;
  readonly principals: readonly Principal[];
  /** It is about all principals but these. */
  readonly notPrincipals: readonly Principal[];
  readonly actions: readonly string[];
  readonly notActions: readonly string[];
  readonly resources: readonly string[];
  readonly notResources: readonly string[];
  readonly conditions: readonly PolicyCondition[];
  /** Variables are text in policies before the version 2012-10-17. */
  readonly hasVariables: boolean;
}

/** A request to evaluate. Requests for a role by its trust policy name no resource. */
export interface AccessRequest {
  readonly action: string;
  readonly resource?: string;
  readonly principal?: Principal;
  readonly context: RequestContext;
}

/** `unmatched` denies as well, but another policy may still allow; `undecided` depends on what is not known of the request. */
export type Verdict = 'allowed' | 'denied' | 'unmatched' | 'undecided';

/** Evaluates statements that apply together, such as those of one role: an explicit Deny in any of them wins. */
export function evaluateStatements(statements: readonly Statement[], request: AccessRequest): Verdict {
  const effect = (isAllow: boolean) =>
    anyOf(statements.filter((one) => one.isAllow === isAllow).map((one) => statementTruth(one, request)));
  const [deny, allow] = [effect(false), effect(true)];
  if (deny === 'yes') return 'denied';
  if (allow === 'no') return 'unmatched';
  return allow === 'yes' && deny === 'no' ? 'allowed' : 'undecided';
}

/** Tells whether a statement is about a request. */
export function statementTruth(statement: Statement, request: AccessRequest): Truth {
  const { conditions, hasVariables } = statement;
  return allOf([
    truthOf(matchesAction(statement, request.action)),
    truthOf(matchesPrincipal(statement, request.principal)),
    resourceTruth(statement, request),
    ...conditions.map((condition) => conditionTruth(condition, request.context, hasVariables)),
  ]);
}

/** Tells whether a statement is about an action. Actions ignore case. */
export function matchesAction({ actions, notActions }: Statement, action: string): boolean {
  const lowerCase = action.toLowerCase();
  const isIn = (list: readonly string[]) => list.some((one) => matches(patternOf(one.toLowerCase()), lowerCase));
  return notActions.length > 0 ? !isIn(notActions) : isIn(actions);
}

/** Tells whether a statement is about a caller. */
export function matchesPrincipal({ principals, notPrincipals }: Statement, caller: Principal | undefined): boolean {
  if (caller === undefined) return principals.length === 0 && notPrincipals.length === 0;
  if (notPrincipals.length > 0) return !notPrincipals.some((one) => includes(one, caller));
  return principals.some((one) => includes(one, caller));
}

/** Tells whether a principal of a policy is everyone: `"*"` and `{ "AWS": "*" }` mean the same. */
export function isEveryone({ type, id }: Principal): boolean {
  return id === '*' && type !== 'Service';
}

function includes(principal: Principal, caller: Principal): boolean {
  return (
    (isEveryone(principal) && (principal.type !== 'Federated' || caller.type === 'Federated')) ||
    (principal.type === caller.type && principal.id === caller.id)
  );
}

function resourceTruth({ resources, notResources, hasVariables }: Statement, { resource, context }: AccessRequest): Truth {
  if (resource === undefined) return truthOf(resources.length === 0 && notResources.length === 0);
  const isIn = (list: readonly string[]) =>
    anyOf(
      list.map((one): Truth => {
        const pattern = hasVariables ? resolvePattern(one, context) : patternOf(one);
        if (pattern === 'unknown') return 'maybe';
        return truthOf(pattern !== 'unresolved' && matches(pattern, resource));
      }),
    );
  return notResources.length > 0 ? not(isIn(notResources)) : isIn(resources);
}
