import { conditionTruth, type PolicyCondition, parseOperator } from '../../evaluate/conditions.ts';
import { type Statement, statementTruth } from '../../evaluate/statement.ts';
import { conditionsOn, placeOf } from '../claim-conditions.ts';
import { clientIdsOf, neverA, possibleValues } from '../claim-values.ts';
import { type Door, mayEnter, requestOf, statementsFor, type Token } from '../doors.ts';
import { explainNever } from '../explain-condition.ts';
import { errorAt, errorOf, type Finding, warningAt } from '../trust-finding.ts';

/** Sessions of the app have names that start so. */
const SESSION_NAME = 'keyless-bridge-run';

const contradiction = errorOf('trust/contradiction', {
  why: 'Each condition can hold, but no token satisfies all of them, so nobody gets in.',
  fix: 'Let StringEquals on "<issuer>:aud" and "<issuer>:sub" be the only conditions on claims.',
});
const denied = errorOf('trust/denied', {
  why: 'A Deny in the same policy applies to every token that this statement lets in, so nobody gets in.',
  fix: 'Correct the conditions of the Deny: one that is negated also holds for a key that the request lacks.',
});

/** The tokens with which a policy's conditions may hold. */
export function likelyTokens({ entra }: Door, statements: readonly Statement[]): readonly Token[] {
  const audiences = possibleValues(statements, entra, 'aud');
  const subjects = possibleValues(statements, entra, 'sub');
  return audiences.flatMap((audience) => subjects.map((subject) => ({ audience: [audience], subject: [subject] })));
}

/** Statements by which nobody comes in who has a token of the door, and values that no token has. */
export function checkClosed(door: Door, statements: readonly Statement[]): readonly Finding[] {
  const tokens = likelyTokens(door, statements);
  const clientIds = clientIdsOf(statements, door.entra);
  return statementsFor(door, statements).flatMap((statement) => {
    const { hasVariables, place, conditions } = statement;
    const requests = tokens.map((token) => requestOf(door, token));
    const holds = (condition: PolicyCondition) => requests.some(({ context }) => conditionTruth(condition, context, hasVariables) !== 'no');
    const never = conditions.filter((condition) => !holds(condition));
    if (never.length > 0)
      return never.map((one) => errorAt(placeOf(place, one), explainNever(one, { entra: door.entra, clientIds, hasVariables })));
    const matching = requests.filter((request) => statementTruth(statement, request) !== 'no');
    if (matching.length === 0) return [contradiction(place)];
    if (!matching.some((request) => mayEnter(statements, request))) return [denied(place)];
    return [...checkValues(statement, door, clientIds), ...checkSessionName(statement, door)];
  });
}

/** Finds values that no token has among others that one may have. */
function checkValues(statement: Statement, { entra }: Door, clientIds: readonly string[]): readonly Finding[] {
  return (['aud', 'sub'] as const).flatMap((claim) =>
    conditionsOn(statement, entra.issuer, claim)
      .filter(({ operator }) => parseOperator(operator)?.name === 'stringequals')
      .flatMap((condition) => {
        const useless = condition.values.map((value) => neverA(claim, value, { entra, clientIds })).find((one) => one !== undefined);
        const rule = claim === 'aud' ? 'trust/never-an-audience' : 'trust/never-a-subject';
        return useless === undefined ? [] : [warningAt(placeOf(statement.place, condition), { rule, ...useless })];
      }),
  );
}

function checkSessionName({ conditions, place, hasVariables }: Statement, door: Door): readonly Finding[] {
  const { context } = requestOf(door, { audience: 'unknown', subject: 'unknown', sessionName: [SESSION_NAME] });
  return conditions
    .filter((one) => one.key.toLowerCase() === 'sts:rolesessionname' && conditionTruth(one, context, hasVariables) === 'no')
    .map((one) =>
      warningAt(placeOf(place, one), {
        rule: 'trust/session-name',
        why: 'Sessions of Keyless Bridge have names that start with "keyless-bridge-", which this condition keeps out.',
        fix: 'Use StringLike with "keyless-bridge-*", unless the role is for other callers.',
      }),
    );
}
