import { loadAwsServiceSpecSync } from '@aws-cdk/aws-service-spec';

type Specification = ReturnType<typeof loadAwsServiceSpecSync>;
type ResourceType =
  ReturnType<Specification['all']> extends readonly (infer R)[] ? Extract<R, { readonly cloudFormationType: string }> : never;
type Properties = ResourceType['properties'];
type PropertyType = Properties[string]['type'];

/** CloudFormation's own specification of its resources. */
export interface ResourceSpecification {
  /** Everything that is wrong with the evaluated properties of a resource: unknown or missing ones, and values of another type. */
  findProblems(type: string, properties: unknown): readonly string[];
  /** What `Fn::GetAtt` knows. */
  attributesOf(type: string): readonly string[];
}

export function loadResourceSpecification(): ResourceSpecification {
  const specification = loadAwsServiceSpecSync();

  function resourceOf(type: string): ResourceType | undefined {
    return specification.lookup('resource', 'cloudFormationType', 'equals', type)[0];
  }

  function checkProperties(known: Properties, value: unknown, place: string): readonly string[] {
    if (!isObject(value)) return [`${place} must be an object`];
    const missing = Object.entries(known).filter(([name, { required }]) => required === true && value[name] === undefined);
    return [
      ...missing.map(([name]) => `${place}.${name} is missing`),
      ...Object.entries(value).flatMap(([name, one]) => {
        const property = known[name];
        return property === undefined ? [`${place}.${name} is unknown`] : check(property.type, one, `${place}.${name}`);
      }),
    ];
  }

  function check(type: PropertyType, value: unknown, place: string): readonly string[] {
    switch (type.type) {
      case 'ref':
        return checkProperties(specification.get('typeDefinition', type.reference.$ref).properties, value, place);
      case 'array':
        if (!Array.isArray(value)) return [`${place} must be a list`];
        return value.flatMap((one, index) => check(type.element, one, `${place}[${index}]`));
      case 'union': {
        const problems = type.types.map((one) => check(one, value, place));
        return problems.find((one) => one.length === 0) ?? problems[0] ?? [];
      }
      default:
        return isScalar(type, value) ? [] : [`${place} must be another ${type.type} than ${JSON.stringify(value)}`];
    }
  }

  return {
    findProblems(type, properties) {
      const resource = resourceOf(type);
      return resource === undefined ? [`There is no resource type ${type}`] : checkProperties(resource.properties, properties, type);
    },
    attributesOf: (type) => Object.keys(resourceOf(type)?.attributes ?? {}),
  };
}

function isScalar(type: PropertyType, value: unknown): boolean {
  switch (type.type) {
    case 'string':
      return typeof value === 'string' && (type.allowedValues === undefined || type.allowedValues.includes(value));
    case 'integer':
    case 'number':
      // CloudFormation takes numbers as text, which is how it passes on parameters.
      return Number.isFinite(Number(value));
    case 'boolean':
      return typeof value === 'boolean';
    case 'json':
      return isObject(value);
    default:
      throw new Error(`The specification has the type ${type.type}, which this check does not know.`);
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
