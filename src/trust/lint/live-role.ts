import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { z } from 'zod';
import { readPolicy } from '../evaluate/read-policy.ts';
import type { Statement } from '../evaluate/statement.ts';
import { TemplateError } from '../template/template-error.ts';
import { readRole } from './read-trust.ts';
import { issuerOf, type Provider, type Trust, webIdentityStatements } from './trust.ts';

/** Asks IAM: the arguments of `aws iam`, and its answer. */
export type AskIam = (args: readonly string[]) => Promise<unknown>;

const policyNames = z.object({ PolicyNames: z.array(z.string()) });
const rolePolicy = z.object({ PolicyDocument: z.unknown() });
const attachedPolicies = z.object({ AttachedPolicies: z.array(z.object({ PolicyArn: z.string() })) });
const managedPolicy = z.object({ Policy: z.object({ DefaultVersionId: z.string() }) });
const policyVersion = z.object({ PolicyVersion: z.object({ Document: z.unknown() }) });
const oidcProvider = z.object({ Url: z.string(), ClientIDList: z.array(z.string()).default([]) });

const run = promisify(execFile);

/** Asks the AWS CLI on PATH, which uses the operator's own credentials and permissions. Throws {@link TemplateError}. */
export const askAwsCli: AskIam = async (args) => {
  try {
    const { stdout } = await run('aws', ['iam', ...args, '--output', 'json']);
    return JSON.parse(stdout);
  } catch (error) {
    const { stderr, message } = error as { readonly stderr?: string; readonly message: string };
    throw new TemplateError(`"aws iam ${args.join(' ')}" failed: ${(stderr || message).trim()}`);
  }
};

/** Reads a role with everything that is attached to it, and the OIDC providers that it trusts. Throws {@link TemplateError}. */
export async function readLiveRole(roleArn: string, ask: AskIam): Promise<Trust> {
  const named = ['--role-name', roleArn.slice(roleArn.lastIndexOf('/') + 1)];
  const role = readRole(await ask(['get-role', ...named]));
  const { PolicyNames } = await answerOf(policyNames, ask, ['list-role-policies', ...named]);
  const { AttachedPolicies } = await answerOf(attachedPolicies, ask, ['list-attached-role-policies', ...named]);
  const managedPolicyArns = AttachedPolicies.map(({ PolicyArn }) => PolicyArn);
  const ownArns = managedPolicyArns.filter((arn) => !arn.includes(':iam::aws:'));
  const providerArns = new Set(
    webIdentityStatements(role).flatMap(({ principals }) => principals.flatMap(({ id }) => (issuerOf(id).length > 0 ? [id] : []))),
  );
  const permissions = await Promise.all([
    ...PolicyNames.map((name) => readInline(name, named, ask)),
    ...ownArns.map((arn) => readManaged(arn, ask)),
  ]);
  return {
    providers: await Promise.all([...providerArns].map((arn) => readProvider(arn, ask))),
    roles: [{ ...role, permissions: permissions.flat(), managedPolicyArns }],
  };
}

async function readInline(name: string, named: readonly string[], ask: AskIam): Promise<readonly Statement[]> {
  const { PolicyDocument } = await answerOf(rolePolicy, ask, ['get-role-policy', ...named, '--policy-name', name]);
  return readPolicy(PolicyDocument, `Role.${name}`);
}

async function readManaged(arn: string, ask: AskIam): Promise<readonly Statement[]> {
  const { Policy } = await answerOf(managedPolicy, ask, ['get-policy', '--policy-arn', arn]);
  const version = ['--version-id', Policy.DefaultVersionId];
  const { PolicyVersion } = await answerOf(policyVersion, ask, ['get-policy-version', '--policy-arn', arn, ...version]);
  return readPolicy(PolicyVersion.Document, arn);
}

// IAM fills in a thumbprint where none was given, so that a thumbprint here does not tell that somebody has pinned it.
async function readProvider(arn: string, ask: AskIam): Promise<Provider> {
  const args = ['get-open-id-connect-provider', '--open-id-connect-provider-arn', arn];
  const { Url, ClientIDList } = await answerOf(oidcProvider, ask, args);
  return { place: arn, url: `https://${Url}`, clientIds: ClientIDList, thumbprints: [], isRetained: true };
}

async function answerOf<T>(schema: z.ZodType<T>, ask: AskIam, args: readonly string[]): Promise<T> {
  const parsed = schema.safeParse(await ask(args));
  if (parsed.success) return parsed.data;
  throw new TemplateError(`"aws iam ${args.join(' ')}" answered what it should not: ${z.prettifyError(parsed.error)}`);
}
