import { type PolicyCondition, parseOperator } from '../../evaluate/conditions.ts';
import { STRANGER } from '../../evaluate/request-context.ts';
import { type Statement, statementTruth } from '../../evaluate/statement.ts';
import { hasVariable } from '../../evaluate/variables.ts';
import { type Claim, conditionsOn, placeOf } from '../claim-conditions.ts';
import { possibleValues } from '../claim-values.ts';
import { type Door, mayEnter, requestOf, statementsFor, type Token } from '../doors.ts';
import { errorOf, type Finding } from '../trust-finding.ts';

const audienceOnly = errorOf('trust/audience-only', {
  why: 'It names the audience but pins no subject. Entra ID gives a token for an audience to every app and managed identity of the tenant unless the application demands an assignment, so all of them can assume this role.',
  fix: 'Add StringEquals on "<issuer>:sub" with the object id of the managed identity, or of the service principal.',
});
const noAudience = errorOf('trust/no-audience', {
  why: 'It pins no audience, so a token that was meant for another service opens this role.',
  fix: 'Add StringEquals on "<issuer>:aud" with the Application ID URI that tokens are asked for.',
});
const failsOpen = errorOf('trust/fails-open', {
  why: 'ForAllValues and IfExists also hold when a request lacks the key: a slip in the key lets in whom the condition seems to keep out.',
  fix: 'Use StringEquals.',
});
const pattern = errorOf('trust/pattern', {
  why: 'A pattern lets in identities that nobody has listed.',
  fix: 'Use StringEquals with the exact values. Several of them may be a list.',
});
const notEqual = errorOf('trust/not-equal', {
  why: 'It lets in everybody but the ones it names.',
  fix: 'Use StringEquals with those who may come in.',
});
const variable = errorOf('trust/variable', {
  why: 'The variable stands for what the caller chooses or what every token has, so it keeps nobody out.',
  fix: 'Use StringEquals with the exact values.',
});

/**
 * Callers that get in by a door and should not: any other application of the tenant with a token for the same audience, and anybody's token
 * for another audience. Decided by evaluating the policy for them; the findings name the conditions that let them in.
 */
export function checkStrangers(door: Door, statements: readonly Statement[]): readonly Finding[] {
  const audiences = possibleValues(statements, door.entra, 'aud');
  const subjects = possibleValues(statements, door.entra, 'sub');
  const strangers = audiences.map((audience): Token => ({ audience: [audience], subject: [STRANGER] }));
  const foreign = subjects.map((subject): Token => ({ audience: [STRANGER], subject: [subject] }));
  const ways = statementsFor(door, statements);
  const byAudience = ways.filter((way) => letsIn(way, foreign));
  const bySubject = ways.filter((way) => letsIn(way, strangers));
  return ways.flatMap((way) => [
    ...(byAudience.includes(way) ? explain(way, 'aud', noAudience) : []),
    ...(bySubject.includes(way) ? explain(way, 'sub', byAudience.includes(way) ? undefined : audienceOnly) : []),
    ...checkFailsOpen(way),
  ]);

  function letsIn(way: Statement, tokens: readonly Token[]): boolean {
    const requests = tokens.map((token) => requestOf(door, token));
    return requests.some((request) => statementTruth(way, request) !== 'no' && mayEnter(statements, request));
  }

  function explain(way: Statement, claim: Claim, otherwise: ((place: string) => Finding) | undefined): readonly Finding[] {
    const causes = conditionsOn(way, door.entra.issuer, claim).flatMap((condition) => explainCondition(condition, way));
    return causes.length > 0 || otherwise === undefined ? causes : [otherwise(way.place)];
  }

  function checkFailsOpen(way: Statement): readonly Finding[] {
    const claims = (['aud', 'sub'] as const).flatMap((claim) => conditionsOn(way, door.entra.issuer, claim));
    return way.conditions
      .filter((one) => /^ForAllValues:/i.test(one.operator) || (claims.includes(one) && /IfExists$/i.test(one.operator)))
      .map((one) => failsOpen(placeOf(way.place, one)));
  }
}

/** Why a condition on a claim does not keep strangers out; empty for one that has no part in it. */
function explainCondition(condition: PolicyCondition, { place, hasVariables }: Statement): readonly Finding[] {
  const at = placeOf(place, condition);
  const operator = parseOperator(condition.operator);
  if (operator?.isNegated) return [notEqual(at)];
  if (hasVariables && condition.values.some((value) => hasVariable(value))) return [variable(at)];
  return operator?.name.endsWith('like') ? [pattern(at)] : [];
}
