import { authenticate } from '../auth/authenticate.ts';
import { sha256Hex } from '../auth/sign.ts';
import { AwsError } from '../aws-error.ts';
import { type AwsRequest, parseQuery } from '../aws-request.ts';
import { type Account, assumedRoleArn } from '../iam/account.ts';
import { renderXml, type XmlElement } from '../xml.ts';
import { createAssumeRoleWithWebIdentity } from './assume-role.ts';
import { inWordsOfSts } from './sts-error.ts';
import type { WebIdentity } from './web-identity.ts';

export interface StsEnvironment {
  readonly account: Account;
  readonly region: string;
  readonly clock: () => Date;
  readonly verifyToken: (token: string) => Promise<WebIdentity>;
}

/** The XML namespace of STS. */
export const STS_NAMESPACE = 'https://sts.amazonaws.com/doc/2011-06-15/';

const MAX_BODY_BYTES = 256 * 1024;

/** Answers requests to STS with a document. `onOperation` is told the operation's name as soon as it is known. Throws AwsError. */
export function createStsService(environment: StsEnvironment, onOperation: (name: string) => void) {
  const assumeRole = createAssumeRoleWithWebIdentity(environment);

  return async (request: AwsRequest, requestId: string): Promise<string> => {
    const body = await readForm(request);
    const form = new Map(parseQuery(body));
    const action = form.get('Action') ?? '';
    onOperation(action);
    const result = await run(action);
    const content = { [`${action}Result`]: result, ResponseMetadata: { RequestId: requestId } };
    return renderXml(`${action}Response`, content, STS_NAMESPACE);

    async function run(name: string): Promise<XmlElement> {
      switch (name) {
        case 'AssumeRoleWithWebIdentity':
          return await assumeRole(form);
        case 'GetCallerIdentity':
          return getCallerIdentity(environment, request, body);
        default:
          throw new AwsError('InvalidAction', 400, `Could not find operation ${name} for version 2011-06-15`);
      }
    }
  };
}

function getCallerIdentity({ account, region, clock }: StsEnvironment, request: AwsRequest, body: string): XmlElement {
  const rules = { account, region, service: 'sts', now: clock(), payloadHash: sha256Hex(body) } as const;
  const { session } = inWordsOfSts(() => authenticate(request, rules));
  return { Arn: assumedRoleArn(session, account.id), UserId: `${session.role.id}:${session.name}`, Account: account.id };
}

async function readForm(request: AwsRequest): Promise<string> {
  const chunks: Buffer[] = [];
  let sizeBytes = 0;
  for await (const chunk of request.body) {
    sizeBytes += chunk.length;
    if (sizeBytes > MAX_BODY_BYTES) throw new AwsError('RequestEntityTooLarge', 413, 'The request is too large.');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}
