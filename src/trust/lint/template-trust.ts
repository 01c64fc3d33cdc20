import { z } from 'zod';
import { readPolicy } from '../evaluate/read-policy.ts';
import type { Statement } from '../evaluate/statement.ts';
import { conditionHolds, evaluate, type Scope } from '../template/evaluate.ts';
import { type ParameterValues, resolveParameters } from '../template/parameters.ts';
import type { Resource, Template } from '../template/read-template.ts';
import { TemplateError } from '../template/template-error.ts';
import { type Provider, type Role, readMaxSession, type Trust, withoutScheme } from './trust.ts';

const strings = z.array(z.string()).default([]);
const provider = z.object({ Url: z.string().default(''), ClientIdList: strings, ThumbprintList: strings });
const namedPolicy = z.object({ PolicyDocument: z.unknown() });
const role = z.object({
  AssumeRolePolicyDocument: z.unknown(),
  MaxSessionDuration: z.unknown().optional(),
  ManagedPolicyArns: strings,
  Policies: z.array(namedPolicy).default([]),
});
const attachedPolicy = z.object({ RoleName: z.string().optional(), Roles: strings, PolicyDocument: z.unknown() });

const POLICY_TYPES = ['AWS::IAM::RolePolicy', 'AWS::IAM::Policy', 'AWS::IAM::ManagedPolicy'];

type Named = readonly [name: string, resource: Resource];

/**
 * The providers and roles of a template, also those that its conditions leave out by these parameters, and the policies that they do not
 * leave out. `<Name>` stands for what is known only when it is deployed. Throws {@link TemplateError}.
 */
export function templateTrust(template: Template, parameters: ParameterValues): Trust {
  const scope = createScope(template, parameters);
  const ofType = (...types: readonly string[]) => Object.entries(template.Resources).filter(([, { Type }]) => types.includes(Type));
  const policies = ofType(...POLICY_TYPES).filter(([, { Condition }]) => Condition === undefined || conditionHolds(Condition, scope));
  return {
    providers: ofType('AWS::IAM::OIDCProvider').map((one) => readProvider(one, scope)),
    roles: ofType('AWS::IAM::Role').map((one) => readRole(one, policies, scope)),
  };
}

function createScope(template: Template, parameters: ParameterValues): Scope {
  const scope: Scope = {
    template,
    parameters: resolveParameters(template, parameters, (name) => `<${name}>`),
    pseudoParameters: {
      AccountId: '<account>',
      Region: '<region>',
      Partition: 'aws',
      URLSuffix: 'amazonaws.com',
      StackName: '<stack>',
      StackId: '<stack>',
    },
    refer: (name) => (template.Resources[name]?.Type === 'AWS::IAM::OIDCProvider' ? providerArn(name) : nameOf(name)),
    attribute(name, attribute) {
      const type = template.Resources[name]?.Type;
      if (attribute === 'Arn' && type === 'AWS::IAM::OIDCProvider') return providerArn(name);
      if (attribute === 'Arn' && type === 'AWS::S3::Bucket') return `arn:aws:s3:::${nameOf(name)}`;
      return `<${name}.${attribute}>`;
    },
  };
  return scope;

  function providerArn(name: string): string {
    return `arn:aws:iam::<account>:oidc-provider/${withoutScheme(String(property(name, 'Url')))}`;
  }

  function nameOf(name: string): string {
    return String(property(name, 'RoleName') ?? property(name, 'BucketName') ?? `<${name}>`);
  }

  function property(name: string, key: string): unknown {
    return evaluate(template.Resources[name]?.Properties[key], scope);
  }
}

function readProvider([name, resource]: Named, scope: Scope): Provider {
  const { Url, ClientIdList, ThumbprintList } = propertiesOf(provider, [name, resource], scope);
  return {
    place: `Resources.${name}`,
    url: Url,
    clientIds: ClientIdList,
    thumbprints: ThumbprintList,
    isRetained: resource.DeletionPolicy === 'Retain' && resource.UpdateReplacePolicy === 'Retain',
  };
}

function readRole([name, resource]: Named, policies: readonly Named[], scope: Scope): Role {
  const { AssumeRolePolicyDocument, MaxSessionDuration, ManagedPolicyArns, Policies } = propertiesOf(role, [name, resource], scope);
  const place = `Resources.${name}`;
  const inline = Policies.flatMap(({ PolicyDocument }, index) => readPolicy(PolicyDocument, `${place}.Policies[${index}].PolicyDocument`));
  return {
    place,
    trust: readPolicy(AssumeRolePolicyDocument, `${place}.AssumeRolePolicyDocument`),
    permissions: [...inline, ...policies.flatMap((policy) => attachedTo(scope.refer(name), policy, scope))],
    managedPolicyArns: ManagedPolicyArns,
    maxSessionSeconds: readMaxSession(MaxSessionDuration),
  };
}

function attachedTo(roleName: string, policy: Named, scope: Scope): readonly Statement[] {
  const { RoleName, Roles, PolicyDocument } = propertiesOf(attachedPolicy, policy, scope);
  return [RoleName, ...Roles].includes(roleName) ? readPolicy(PolicyDocument, `Resources.${policy[0]}.PolicyDocument`) : [];
}

/** Only the properties that `schema` names are evaluated, so that others may hold what we do not know. */
function propertiesOf<T extends z.ZodRawShape>(
  schema: z.ZodObject<T>,
  [name, { Properties }]: Named,
  scope: Scope,
): z.output<z.ZodObject<T>> {
  const known = Object.keys(schema.shape).map((key) => [key, evaluateProperty(Properties[key], `Resources.${name}.${key}`, scope)]);
  const parsed = schema.safeParse(Object.fromEntries(known));
  if (!parsed.success) throw new TemplateError(`Resources.${name}: ${z.prettifyError(parsed.error)}`);
  return parsed.data;
}

function evaluateProperty(value: unknown, place: string, scope: Scope): unknown {
  try {
    return evaluate(value, scope);
  } catch (error) {
    throw error instanceof TemplateError ? new TemplateError(`${place}: ${error.message}`) : error;
  }
}
