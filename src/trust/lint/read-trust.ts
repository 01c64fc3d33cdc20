import { z } from 'zod';
import { readPolicy } from '../evaluate/read-policy.ts';
import type { Statement } from '../evaluate/statement.ts';
import type { ParameterValues } from '../template/parameters.ts';
import { asTemplate, readDocument } from '../template/read-template.ts';
import { TemplateError } from '../template/template-error.ts';
import { templateTrust } from './template-trust.ts';
import { federatedRoles, type Role, readMaxSession, type Trust } from './trust.ts';

const roleDocument = z.object({
  Role: z.object({ Arn: z.string().optional(), AssumeRolePolicyDocument: z.unknown(), MaxSessionDuration: z.number().optional() }),
});

/**
 * Reads what is to be checked from a CloudFormation template, the answer of `aws iam get-role`, or a policy alone. `parameters` are those of
 * the template. Throws {@link TemplateError} when it is none of them, or there is no trust in it.
 */
export function readTrust(text: string, parameters: ParameterValues): Trust {
  const trust = readAny(readDocument(text), parameters);
  if (trust.providers.length > 0 || federatedRoles(trust).length > 0) return trust;
  throw new TemplateError('There is nothing to check in it: no OIDC provider, and no role that can be assumed with a token.');
}

function readAny(document: unknown, parameters: ParameterValues): Trust {
  const has = (name: string) => typeof document === 'object' && document !== null && name in document;
  if (has('Resources')) return templateTrust(asTemplate(document), parameters);
  if (has('Role')) return { providers: [], roles: [readRole(document)] };
  if (has('Statement')) return { providers: [], roles: [readBarePolicy(document)] };
  throw new TemplateError('This is neither a CloudFormation template, nor the answer of "aws iam get-role", nor a policy.');
}

/** Reads the answer of `aws iam get-role`, which says nothing of permissions. */
export function readRole(document: unknown): Role {
  const parsed = roleDocument.safeParse(document);
  if (!parsed.success) throw new TemplateError(`This is no answer of "aws iam get-role": ${z.prettifyError(parsed.error)}`);
  const { Arn, AssumeRolePolicyDocument, MaxSessionDuration } = parsed.data.Role;
  return {
    place: 'Role',
    arn: Arn,
    trust: readPolicy(AssumeRolePolicyDocument, 'Role.AssumeRolePolicyDocument'),
    permissions: [],
    managedPolicyArns: [],
    maxSessionSeconds: readMaxSession(MaxSessionDuration),
  };
}

function readBarePolicy(document: unknown): Role {
  const statements = readPolicy(document, 'policy');
  const none = { place: 'policy', managedPolicyArns: [] };
  return statements.some(isOfTrust) ? { ...none, trust: statements, permissions: [] } : { ...none, permissions: statements };
}

function isOfTrust({ principals, notPrincipals }: Statement): boolean {
  return principals.length > 0 || notPrincipals.length > 0;
}
