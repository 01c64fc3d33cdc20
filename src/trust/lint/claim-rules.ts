import { type ClaimCondition, claimConditions, placeOf } from './claim-conditions.ts';
import { errorOf, type Finding } from './finding.ts';
import type { Statement } from './policy-document.ts';

const audienceOnly = errorOf('trust/audience-only', {
  why: 'It names the audience but no subject. Entra ID gives a token for an audience to every app and managed identity of the tenant unless the application demands an assignment, so all of them can assume this role.',
  fix: 'Add StringEquals on "<issuer>:sub" with the object id of the managed identity, or of the service principal.',
});
const noAudience = errorOf('trust/no-audience', {
  why: 'It names no audience, so a token that was meant for another service opens this role.',
  fix: 'Add StringEquals on "<issuer>:aud" with the Application ID URI that tokens are asked for.',
});
const failsOpen = errorOf('trust/fails-open', {
  why: 'ForAllValues and IfExists also hold when the token lacks the claim, so they let in what they seem to keep out.',
  fix: 'Use StringEquals.',
});
const pattern = errorOf('trust/pattern', {
  why: 'A pattern lets in identities that nobody has listed; a wildcard under StringEquals matches nothing.',
  fix: 'Use StringEquals with the exact values. Several of them may be a list.',
});
const notEqual = errorOf('trust/not-equal', {
  why: 'It lets in everybody but the ones it names.',
  fix: 'Use StringEquals with those who may come in.',
});

/** Checks the audience and the subject that a statement of a trust policy asks for. */
export function checkClaims(statement: Statement): readonly Finding[] {
  const claims = claimConditions(statement).filter(({ claim }) => claim === 'aud' || claim === 'sub');
  const has = (name: string) => claims.some(({ claim }) => claim === name);
  return [
    ...(has('aud') ? [] : [noAudience(statement.place)]),
    ...(has('aud') && !has('sub') ? [audienceOnly(statement.place)] : []),
    ...statement.conditions
      .filter(({ operator }) => /^ForAllValues:/i.test(operator))
      .map((one) => failsOpen(placeOf(statement.place, one))),
    ...claims.flatMap(checkClaim),
  ];
}

function checkClaim({ operator, values, place }: ClaimCondition): readonly Finding[] {
  const base = operator.replace(/^.*:/, '').replace(/IfExists$/i, '');
  return [
    ...(/IfExists$/i.test(operator) ? [failsOpen(place)] : []),
    ...(/Not/i.test(base) ? [notEqual(place)] : []),
    ...(/Like$/i.test(base) || values.some((value) => /[*?]/.test(value)) ? [pattern(place)] : []),
  ];
}
