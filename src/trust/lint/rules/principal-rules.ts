import { evaluateStatements, isEveryone, matchesAction, type Principal, type Statement } from '../../evaluate/statement.ts';
import { ASSUME_WITH_TOKEN } from '../../evaluate/web-identity.ts';
import { doorsOf, statementsFor } from '../doors.ts';
import { entraIssuerOf, issuerProblem } from '../entra-issuer.ts';
import { issuerOf, type Role } from '../trust.ts';
import { errorAt, errorOf, type Finding, type Remedy, warningAt } from '../trust-finding.ts';

const wildcardPrincipal = errorOf('trust/wildcard-principal', {
  why: 'Everybody is trusted, whoever vouches for them.',
  fix: "Name the ARN of the account's OIDC provider as the one Federated principal.",
});
const wrongAction = errorOf('trust/wrong-action', {
  why: `It does not allow ${ASSUME_WITH_TOKEN}, the only action for which a token can be used, so no token of this provider opens the role.`,
  fix: `Write "Action": "${ASSUME_WITH_TOKEN}".`,
});
const MIXED = {
  rule: 'trust/mixed-principal',
  fix: 'Name the OIDC provider alone, and the principals of AWS in a statement of their own with conditions for them.',
};

/** Checks who vouches for those whom a role lets in. */
export function checkPrincipals(role: Role): readonly Finding[] {
  const statements = (role.trust ?? []).filter(({ isAllow }) => isAllow);
  return statements.flatMap((statement) => {
    const place = `${statement.place}.Principal`;
    const isForAll = statement.notPrincipals.length > 0 || statement.principals.some(isEveryone);
    return [
      ...(isForAll ? [wildcardPrincipal(place)] : []),
      ...statement.principals.flatMap((one) => checkPrincipal(one, role.arn).map((remedy) => errorAt(place, remedy))),
      ...(isForAll ? [] : checkMixed(statement, role.trust ?? [])),
      ...checkAction(statement, role.trust ?? []),
    ];
  });
}

function checkPrincipal({ type, id }: Principal, roleArn: string | undefined): readonly Remedy[] {
  const [written] = issuerOf(id);
  const entra = entraIssuerOf(written ?? id.replace(/^arn:.*?-provider\//, ''));
  if (entra === undefined) return [];
  const fix = `Write { "Federated": "${providerArn(entra.issuer, roleArn)}" }.`;
  if (written === undefined || !/^arn:[^:]+:iam::[^:]+:oidc-provider\//.test(id))
    return [
      { rule: 'trust/principal-not-a-provider', why: `"${id}" is not the ARN of an OIDC provider, so no token of it is let in.`, fix },
    ];
  if (type !== 'Federated')
    return [
      {
        rule: 'trust/principal-not-a-provider',
        why: `An OIDC provider is a principal of the type Federated, but stands under ${type}.`,
        fix,
      },
    ];
  const problem = issuerProblem(written);
  return [...(problem === undefined ? [] : [problem]), ...checkAccount(id, roleArn, fix)];
}

/** Finds a provider that is not in the account and the partition of the role. */
export function checkAccount(provider: string, roleArn: string | undefined, fix: string): readonly Remedy[] {
  const [theirs, ours] = [partsOf(provider), partsOf(roleArn ?? '')];
  if (theirs === undefined || ours === undefined || (theirs.account === ours.account && theirs.partition === ours.partition)) return [];
  const why = `The provider is in ${theirs.partition}, account ${theirs.account}, but the role is in ${ours.partition}, account ${ours.account}. STS looks for the provider in the role's account, so no token is let in.`;
  return [{ rule: 'trust/provider-elsewhere', why, fix }];
}

/** `undefined` for what is no ARN of IAM, and where the account is known only at deployment. */
function partsOf(arn: string) {
  const [, partition, account] = /^arn:([^:]+):iam::([^:]*):/.exec(arn) ?? [];
  if (partition === undefined || account === undefined || account.includes('<')) return undefined;
  return { partition, account };
}

function providerArn(issuer: string, roleArn: string | undefined): string {
  const { partition, account } = partsOf(roleArn ?? '') ?? { partition: 'aws', account: '<account>' };
  return `arn:${partition}:iam::${account}:oidc-provider/${issuer}`;
}

/** Principals of AWS in a statement for tokens: the conditions on the token are not about them. */
function checkMixed(statement: Statement, all: readonly Statement[]): readonly Finding[] {
  if (doorsOf([statement]).length === 0) return [];
  const others = statement.principals.filter(({ type }) => type !== 'Federated');
  const [first] = others;
  if (first === undefined) return [];
  const names = others.map(({ type, id }) => `${type} ${id}`).join(', ');
  const place = `${statement.place}.Principal`;
  const comesIn = others.some(
    (principal) => evaluateStatements([statement, ...all.filter(({ isAllow }) => !isAllow)], callerOf(principal)) !== 'unmatched',
  );
  if (comesIn) return [errorAt(place, { ...MIXED, why: `It also lets in ${names}, about whom its conditions on the token say nothing.` })];
  return [warningAt(place, { ...MIXED, why: `It also names ${names}, who have no token and so cannot come in by it.` })];
}

/** The request of somebody who assumes the role with AWS credentials. The claims of tokens are no part of it; of the rest nothing is known. */
function callerOf(principal: Principal) {
  const get = (key: string) => (/^(?:aws|sts|iam):/.test(key) ? ('unknown' as const) : undefined);
  return { action: 'sts:AssumeRole', principal, context: { get } };
}

/** A statement for other actions, such as `sts:TagSession`, may stand beside the one that lets tokens in. */
function checkAction(statement: Statement, all: readonly Statement[]): readonly Finding[] {
  const isUseless = doorsOf([statement]).some((door) => statementsFor(door, all).length === 0);
  return isUseless && !matchesAction(statement, ASSUME_WITH_TOKEN) ? [wrongAction(`${statement.place}.Action`)] : [];
}
