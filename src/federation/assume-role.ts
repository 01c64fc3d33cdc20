import { AssumeRoleWithWebIdentityCommand, type Credentials, STSClient } from '@aws-sdk/client-sts';
import { clockSkew } from './clock-skew.ts';
import { FederationError } from './federation-error.ts';
import { acceptBareErrors } from './sts-error-body.ts';
import { fromStsError } from './sts-errors.ts';

const CONNECTION_TIMEOUT_MS = 5_000;
const REQUEST_TIMEOUT_MS = 15_000;
const MAX_SESSION_NAME_LENGTH = 64;

/** Short-lived AWS credentials. */
export interface AwsCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string;
  /** By this machine's clock, even if it is wrong. */
  readonly expiration: Date;
}

/** Trades a token for credentials. Tries once; throws {@link FederationError}. */
export type AssumeRole = (webIdentityToken: string) => Promise<AwsCredentials>;

export interface AssumeRoleSettings {
  readonly roleArn: string;
  readonly region: string;
  /** Name of the session in the logs of AWS. Characters that STS refuses are replaced. */
  readonly sessionName: string;
  /** 900 to the role's maximum session duration. */
  readonly durationSeconds: number;
  /** Session policy (JSON), which narrows the role's permissions. */
  readonly policy?: string;
  /** Another endpoint than that of AWS in this region. */
  readonly endpoint?: string;
  /** Milliseconds since the epoch. */
  readonly clock?: () => number;
}

/** Creates what asks the regional STS. The request is never signed, so AWS keys in the environment do not matter. */
export function createAssumeRole(settings: AssumeRoleSettings): AssumeRole {
  const { clock = Date.now } = settings;
  const client = new STSClient({
    region: settings.region,
    ...(settings.endpoint === undefined ? {} : { endpoint: settings.endpoint }),
    // An ambient AWS_ENDPOINT_URL, or one in a file of the SDK's, must not get the token.
    ignoreConfiguredEndpointUrls: true,
    // The caller retries, since the SDK does not know every transient error of STS.
    maxAttempts: 1,
    requestHandler: {
      connectionTimeout: CONNECTION_TIMEOUT_MS,
      requestTimeout: REQUEST_TIMEOUT_MS,
      throwOnRequestTimeout: true,
    },
  });
  acceptBareErrors(client);

  return async (webIdentityToken) => {
    const command = new AssumeRoleWithWebIdentityCommand({
      RoleArn: settings.roleArn,
      RoleSessionName: toSessionName(settings.sessionName),
      DurationSeconds: settings.durationSeconds,
      WebIdentityToken: webIdentityToken,
      ...(settings.policy === undefined ? {} : { Policy: settings.policy }),
    });
    let skewMs = 0;
    command.middlewareStack.add(
      (next) => async (args) => {
        const result = await next(args);
        skewMs = clockSkew(result.response, clock());
        return result;
      },
      { step: 'deserialize', name: 'readClockSkew' },
    );
    const answer = await client.send(command).catch((error: unknown) => {
      throw fromStsError(error, settings.roleArn);
    });
    const credentials = toAwsCredentials(answer.Credentials, settings.roleArn);
    return { ...credentials, expiration: new Date(credentials.expiration.getTime() + skewMs) };
  };
}

function toAwsCredentials(credentials: Credentials | undefined, roleArn: string): AwsCredentials {
  const { AccessKeyId, SecretAccessKey, SessionToken, Expiration } = credentials ?? {};
  if (AccessKeyId === undefined || SecretAccessKey === undefined || SessionToken === undefined || Expiration === undefined)
    throw new FederationError('sts-rejected', `No credentials for the role ${roleArn}: the answer of STS holds none. Check its endpoint.`);
  return { accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey, sessionToken: SessionToken, expiration: Expiration };
}

/** `text` as STS accepts it for the name of a session: 2 to 64 of its characters. */
export function toSessionName(text: string): string {
  return text
    .replace(/[^\w+=,.@-]/g, '-')
    .slice(0, MAX_SESSION_NAME_LENGTH)
    .padEnd(2, '-');
}
