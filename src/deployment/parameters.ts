import { AZURE_CLOUDS } from '../clouds/azure-clouds.ts';
import {
  checkAwsAccount,
  checkAwsRegion,
  checkAzureRegion,
  checkName,
  checkResourceGroup,
  checkSubscription,
  checkTenant,
} from './check-names.ts';
import type { GivenOptions, OptionName } from './options.ts';

/** Parameters that follow from the options alone. */
export interface DeploymentParameters {
  readonly tenant: string;
  readonly subscription: string;
  readonly region: string;
  readonly awsAccount: string;
  /** `undefined`: that of the buckets. */
  readonly awsRegion: string | undefined;
  readonly name: string;
  readonly resourceGroup: string;
  readonly identity: string;
  readonly entra: string;
  readonly createBucket: boolean;
  readonly whatIf: boolean;
  readonly trustFile: string | undefined;
}

const DEFAULT_NAME = 'keyless-bridge';
const PUBLIC = 'AzureCloud';

/** Reads the options that are not about jobs, with the defaults. Where there are problems, the parameters are not complete. */
export function checkParameters(given: GivenOptions): { readonly parameters: DeploymentParameters; readonly problems: readonly string[] } {
  const problems: string[] = [];
  const check = (name: OptionName, text: string, problem: string | undefined): string => {
    if (problem !== undefined) problems.push(`--${name} ${problem}`);
    return text;
  };
  const required = (name: OptionName, toForm: (text: string) => string, find: (text: string) => string | undefined): string => {
    const text = toForm(given.one(name) ?? '');
    return check(name, text, text === '' ? 'is missing. See infra/deploy.sh --help.' : find(text));
  };
  const oneOf = (name: OptionName, values: readonly string[], preset = values[0] ?? ''): string => {
    const text = given.one(name) ?? preset;
    return check(name, text, values.includes(text) ? undefined : `is ${values.join(' or ')}, but is "${text}".`);
  };
  const name = given.one('name') ?? DEFAULT_NAME;
  const group = given.one('resource-group');
  const awsRegion = given.one('aws-region');
  const cloud = oneOf(
    'cloud',
    AZURE_CLOUDS.map((one) => one.name),
  );
  const entra = oneOf('entra', ['bicep', 'script'], cloud === PUBLIC ? 'bicep' : 'script');
  check(
    'entra',
    entra,
    entra === 'bicep' && cloud !== PUBLIC ? `is script in ${cloud}: Bicep reaches Microsoft Graph in the public cloud only.` : undefined,
  );
  check('name', name, checkName(name));
  if (group !== undefined) check('resource-group', group, checkResourceGroup(group));
  if (awsRegion !== undefined) check('aws-region', awsRegion, checkAwsRegion(awsRegion));
  return {
    parameters: {
      tenant: required('tenant', lowerCase, checkTenant),
      subscription: required('subscription', (text) => text.trim(), checkSubscription),
      // Also as the portal writes it: "West Europe".
      region: required('region', (text) => lowerCase(text).replaceAll(' ', ''), checkAzureRegion),
      awsAccount: required('aws-account', (text) => text.replaceAll(/[\s-]/g, ''), checkAwsAccount),
      awsRegion,
      name,
      resourceGroup: group ?? name,
      identity: oneOf('identity', ['managed-identity', 'federated-app']),
      entra,
      createBucket: given.one('create-bucket') !== undefined,
      whatIf: given.one('what-if') !== undefined,
      trustFile: given.one('trust-only'),
    },
    problems,
  };
}

function lowerCase(text: string): string {
  return text.trim().toLowerCase();
}
