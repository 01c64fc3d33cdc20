import { evaluateStatements } from '../../../src/trust/evaluate/statement.ts';
import { webIdentityRequest } from '../../../src/trust/evaluate/web-identity.ts';
import { AwsError, notImplemented } from '../aws-error.ts';
import { assumedRoleArn, type Role, type Session } from '../iam/account.ts';
import { type Policy, parsePolicy } from '../iam/policy.ts';
import type { XmlElement } from '../xml.ts';
import { notAuthorized, validationError } from './sts-error.ts';
import type { StsEnvironment } from './sts-service.ts';
import type { WebIdentity } from './web-identity.ts';

type Form = ReadonlyMap<string, string>;

const PARAMETERS = ['Action', 'Version', 'RoleArn', 'RoleSessionName', 'WebIdentityToken', 'DurationSeconds', 'Policy'];
const MIN_SESSION_SECONDS = 900;
const MAX_SESSION_SECONDS = 43_200;
const DEFAULT_SESSION_SECONDS = 3600;
const MAX_POLICY_CHARACTERS = 2048;
const POLICY_CHARACTERS = /^[\t\n\r\u0020-\u00ff]+$/;

interface Circumstances {
  readonly sessionName: string;
  readonly expiresInSeconds: number;
  readonly now: Date;
}

/** AssumeRoleWithWebIdentity: trades a token of a trusted issuer for a session of a role that trusts its subject. */
export function createAssumeRoleWithWebIdentity({ account, clock, verifyToken }: StsEnvironment) {
  return async (form: Form): Promise<XmlElement> => {
    const unknown = [...form.keys()].find((name) => !PARAMETERS.includes(name));
    if (unknown !== undefined) throw notImplemented(`The parameter ${unknown} of AssumeRoleWithWebIdentity`);
    const roleArn = readRoleArn(form);
    const name = readSessionName(form);
    const expiresInSeconds = readDuration(form);
    const policy = readPolicy(form);
    const identity = await verifyToken(required(form, 'WebIdentityToken'));
    const role = account.findRole(roleArn);
    if (role === undefined || !isTrusted(role, identity, { sessionName: name, expiresInSeconds, now: clock() })) throw notAuthorized();
    if (expiresInSeconds > role.maxSessionSeconds) {
      throw validationError('The requested DurationSeconds exceeds the MaxSessionDuration set for this role.');
    }
    const session = account.openSession({ role, name, expiresInSeconds, policy });
    return describe(session, identity, account.id);
  };
}

function isTrusted(role: Role, { provider, subject, audience }: WebIdentity, circumstances: Circumstances): boolean {
  const request = webIdentityRequest({
    provider: provider.arn,
    issuer: provider.url.replace(/^https:\/\//, ''),
    audience: [audience],
    subject: [subject],
    sessionName: [circumstances.sessionName],
    circumstances: new Map([
      ['aws:sourceip', ['127.0.0.1']],
      ['aws:currenttime', [circumstances.now.toISOString()]],
      ['aws:epochtime', [String(Math.floor(circumstances.now.getTime() / 1000))]],
      ['sts:durationseconds', [String(circumstances.expiresInSeconds)]],
    ]),
  });
  return evaluateStatements(role.trustPolicy, request) === 'allowed';
}

function describe(session: Session, { provider, subject, audience }: WebIdentity, accountId: string): XmlElement {
  return {
    SubjectFromWebIdentityToken: subject,
    Audience: audience,
    AssumedRoleUser: { Arn: assumedRoleArn(session, accountId), AssumedRoleId: `${session.role.id}:${session.name}` },
    Credentials: {
      SessionToken: session.sessionToken,
      SecretAccessKey: session.secretAccessKey,
      Expiration: session.expiration.toISOString(),
      AccessKeyId: session.accessKeyId,
    },
    Provider: provider.arn,
  };
}

function required(form: Form, name: string): string {
  const value = form.get(name);
  if (value !== undefined && value !== '') return value;
  throw unsatisfied('null', `${name.charAt(0).toLowerCase()}${name.slice(1)}`, 'Member must not be null');
}

function readRoleArn(form: Form): string {
  const arn = required(form, 'RoleArn');
  if (!/^arn:[\w-]+:iam::\d{12}:role\/.+$/.test(arn)) throw validationError('Request ARN is invalid');
  return arn;
}

function readSessionName(form: Form): string {
  const name = required(form, 'RoleSessionName');
  if (/^[\w+=,.@-]{2,64}$/.test(name)) return name;
  throw unsatisfied(`'${name}'`, 'roleSessionName', 'Member must satisfy regular expression pattern: [\\w+=,.@-]{2,64}');
}

function readDuration(form: Form): number {
  const text = form.get('DurationSeconds') ?? String(DEFAULT_SESSION_SECONDS);
  const seconds = Number(text);
  if (!(seconds >= MIN_SESSION_SECONDS)) {
    throw unsatisfied(`'${text}'`, 'durationSeconds', `Member must have value greater than or equal to ${MIN_SESSION_SECONDS}`);
  }
  if (seconds > MAX_SESSION_SECONDS) {
    throw unsatisfied(`'${text}'`, 'durationSeconds', `Member must have value less than or equal to ${MAX_SESSION_SECONDS}`);
  }
  return seconds;
}

function readPolicy(form: Form): Policy | undefined {
  const text = form.get('Policy');
  if (text === undefined) return undefined;
  if (!POLICY_CHARACTERS.test(text)) {
    const pattern = String.raw`Member must satisfy regular expression pattern: [\u0009\u000A\u000D\u0020-\u00FF]+`;
    throw unsatisfied('of the policy', 'policy', pattern);
  }
  if (text.length > MAX_POLICY_CHARACTERS) {
    const percent = Math.ceil((text.length / MAX_POLICY_CHARACTERS) * 100);
    throw new AwsError('PackedPolicyTooLarge', 400, `Packed policy consumes ${percent}% of allotted space, please use smaller policy.`);
  }
  try {
    return parsePolicy(text, 'identity');
  } catch (error) {
    throw new AwsError('MalformedPolicyDocument', 400, error instanceof Error ? error.message : 'Syntax errors in policy.');
  }
}

function unsatisfied(value: string, name: string, constraint: string): AwsError {
  return validationError(`1 validation error detected: Value ${value} at '${name}' failed to satisfy constraint: ${constraint}`);
}
