import { z } from 'zod';
import { checkRules } from '../../src/trust/template/check-rules.ts';
import { conditionHolds, evaluate, type Scope } from '../../src/trust/template/evaluate.ts';
import { type ParameterValues, resolveParameters } from '../../src/trust/template/parameters.ts';
import type { Template } from '../../src/trust/template/read-template.ts';
import { TemplateError } from '../../src/trust/template/template-error.ts';
import type { AwsStandIn } from '../aws/server.ts';
import { RESOURCE_TYPES, type StackResource } from './resource-types.ts';

const output = z.union([z.string(), z.number()]).transform(String);

/**
 * Creates what a CloudFormation template describes in the AWS stand-in, and returns the stack's outputs. Throws {@link TemplateError}, also
 * for everything that the stand-in does not have; what was created before that stays.
 */
export function deployStack(aws: AwsStandIn, template: Template, parameters: ParameterValues): Readonly<Record<string, string>> {
  const created = new Map<string, StackResource | 'under way'>();
  const scope: Scope = {
    template,
    parameters: resolveParameters(template, parameters),
    pseudoParameters: { AccountId: aws.accountId, Region: aws.region, Partition: 'aws', URLSuffix: 'amazonaws.com' },
    refer: (name) => resourceOf(name).ref,
    attribute(name, attribute) {
      const value = resourceOf(name).attributes[attribute];
      if (value === undefined) throw new TemplateError(`Fn::GetAtt: the stand-in has no ${name}.${attribute}.`);
      return value;
    },
  };

  // A resource is created when the first other one needs it, which makes the order right.
  function resourceOf(name: string): StackResource {
    const known = created.get(name);
    if (known === 'under way') throw new TemplateError(`The resource ${name} needs itself.`);
    if (known !== undefined) return known;
    created.set(name, 'under way');
    const resource = create(name);
    created.set(name, resource);
    return resource;
  }

  function create(name: string): StackResource {
    const resource = template.Resources[name];
    if (resource === undefined) throw new TemplateError(`There is no resource ${name}.`);
    const { Type, Properties, Condition } = resource;
    if (!isWanted(Condition)) throw new TemplateError(`The resource ${name} is needed, but its condition ${Condition} does not hold.`);
    const createResource = RESOURCE_TYPES[Type];
    if (createResource === undefined) throw new TemplateError(`${name}: the stand-in has no resources of the type ${Type}.`);
    const properties = evaluate(Properties, scope);
    try {
      return createResource(properties, aws);
    } catch (error) {
      throw new TemplateError(`${name} (${Type}) was not created: ${error instanceof Error ? error.message : error}`);
    }
  }

  function isWanted(condition: string | undefined): boolean {
    return condition === undefined || conditionHolds(condition, scope);
  }

  checkRules(scope);
  for (const [name, { Condition }] of Object.entries(template.Resources)) if (isWanted(Condition)) resourceOf(name);
  const outputs = Object.entries(template.Outputs).filter(([, { Condition }]) => isWanted(Condition));
  return Object.fromEntries(outputs.map(([name, { Value }]) => [name, output.parse(evaluate(Value, scope))]));
}
