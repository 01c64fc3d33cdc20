import { z } from 'zod';
import type { Checked } from '../../config/checked.ts';
import { readTrust } from '../../trust/lint/read-trust.ts';
import { federatedRoles, type Trust } from '../../trust/lint/trust.ts';
import { TemplateError } from '../../trust/template/template-error.ts';

/** The parameters of our CloudFormation template that the trust depends on. */
const parameters = z.object({
  TenantId: z.string(),
  Audience: z.string(),
  Subjects: z.string().transform((text) => text.split(',').map((subject) => subject.trim())),
  IssuerHost: z.string().default('sts.windows.net'),
  MaxSessionSeconds: z.coerce.number().int().optional(),
});

/** As `aws cloudformation deploy` and the console write them. */
const parameterList = z
  .array(z.object({ ParameterKey: z.string(), ParameterValue: z.string() }))
  .transform((list) => Object.fromEntries(list.map(({ ParameterKey, ParameterValue }) => [ParameterKey, ParameterValue])));

/** Reads whom a role lets in: a trust policy, what `aws iam get-role` prints, or the parameters (JSON) of our CloudFormation template. */
export function parseTrust(text: string): Checked<Trust> {
  try {
    const trust = readTrust(roleOfParameters(text) ?? text, {});
    if (federatedRoles(trust).some((role) => role.trust !== undefined)) return { value: trust };
    return { problems: ['BRIDGE_TRUST_POLICY allows nobody sts:AssumeRoleWithWebIdentity: give the trust policy of the role'] };
  } catch (error) {
    if (!(error instanceof TemplateError)) throw error;
    return { problems: [`BRIDGE_TRUST_POLICY does not say who may assume the role: ${error.message}`] };
  }
}

/** The role that our template makes of its parameters, in the form of `aws iam get-role`; `undefined` when `text` is something else. */
function roleOfParameters(text: string): string | undefined {
  const document = parseJson(text);
  const { data } = parameters.safeParse(parameterList.safeParse(document).data ?? document);
  if (data === undefined) return undefined;
  const issuer = `${data.IssuerHost}/${data.TenantId}/`;
  const statement = {
    Effect: 'Allow',
    Principal: { Federated: `arn:aws:iam::000000000000:oidc-provider/${issuer}` },
    Action: 'sts:AssumeRoleWithWebIdentity',
    Condition: { StringEquals: { [`${issuer}:aud`]: data.Audience, [`${issuer}:sub`]: data.Subjects } },
  };
  return JSON.stringify({ Role: { AssumeRolePolicyDocument: { Statement: [statement] }, MaxSessionDuration: data.MaxSessionSeconds } });
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
