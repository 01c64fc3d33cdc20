import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ParameterValues } from '../../src/trust/template/parameters.ts';
import { asTemplate, readDocument, type Template } from '../../src/trust/template/read-template.ts';
import type { AwsStandIn } from '../aws/server.ts';
import { deployStack } from './deploy-stack.ts';

const TEMPLATE = join(import.meta.dirname, '../../infra/aws/keyless-bridge.yaml');

/** The app settings that are the outputs of the stack. */
export interface TrustOutputs {
  readonly roleArn: string;
  readonly region: string;
  readonly audience: string;
}

/** The template that sets up the AWS side, as it is shipped. */
export function shippedTemplate(): Template {
  return asTemplate(readDocument(readFileSync(TEMPLATE, 'utf8')));
}

/** Deploys the shipped template, or one like it, into the AWS stand-in. */
export function deployTrust(aws: AwsStandIn, parameters: ParameterValues, template = shippedTemplate()): TrustOutputs {
  const { AwsRoleArn = '', AwsRegion = '', BridgeAudience = '' } = deployStack(aws, template, parameters);
  return { roleArn: AwsRoleArn, region: AwsRegion, audience: BridgeAudience };
}
