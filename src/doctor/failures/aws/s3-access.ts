import type { Failures } from '../../explain/evidence.ts';
import { anyOf, coded, said } from '../signs.ts';

/** Access to S3: credentials, signatures and KMS keys. */
export const S3_ACCESS_FAILURES = {
  'kms-throttled': {
    link: 'locations',
    symptom: 'KMS.ThrottlingException: too many calls of KMS',
    cause: 'Each object with SSE-KMS calls KMS, whose requests per second are limited for the account and region.',
    fix: 'Switch S3 Bucket Keys on for the bucket, lower options.requestsPerSecond, or raise the quota of KMS.',
    isSeenIn: anyOf(coded('KMS.ThrottlingException', 'KMS.LimitExceeded'), said(/exceeded the rate at which you may call KMS/i)),
  },
  'kms-key-unusable': {
    link: 'locations',
    symptom: 'KMS.DisabledException, KMS.NotFoundException or KMS.KMSInvalidStateException: the KMS key cannot be used',
    cause: 'The key is disabled, deleted or pending deletion, in another region than the bucket, or its ARN is wrong.',
    fix: 'aws kms describe-key --key-id <key>: enable it, cancel its deletion, or put the ARN of a symmetric key of the same region into options.encryption.kmsKeyId or the default encryption of the bucket.',
    isSeenIn: anyOf(
      said(/\bKMS\.(?:Disabled|NotFound|KMSInvalidState|InvalidKeyUsage|InvalidState|KeyUnavailable)\w*/i),
      said(
        /KMSInvalidStateException|arn:aws[\w-]*:kms:\S{1,200} (?:is disabled|is pending (?:deletion|import)|does not exist)|Invalid keyId/i,
      ),
    ),
  },
  'clock-wrong': {
    link: 'network',
    symptom: 'RequestTimeTooSkewed, or a signature or token that is not valid yet or has just expired: the clock is wrong',
    cause: 'Tokens and signatures are valid for a time only: with a wrong clock they are refused as expired or not yet valid.',
    fix: 'Set the clock, and let it be kept by NTP.',
    isSeenIn: anyOf(
      coded('RequestTimeTooSkewed', 'RequestExpired', 'RequestInTheFuture'),
      said(
        /difference between the request time and the (?:current|server'?s?) time is too large|Signature (?:expired|not yet current): \d|(?:token|credential)s? (?:is|are) not (?:yet valid|valid yet)|Lifetime validation failed/i,
      ),
    ),
  },
  'access-key-unknown': {
    link: 'credentials',
    symptom: 'InvalidAccessKeyId: the access key id does not exist',
    cause:
      'The request was signed with keys that this server does not know: leftover AWS keys, another AWS partition (China, GovCloud), or AWS credentials sent to another S3 server.',
    fix: 'Remove AWS_ACCESS_KEY_ID and its companions from the settings. Let AWS_ROLE_ARN, AWS_REGION, AWS_ENDPOINT_URL_S3 and AWS_ENDPOINT_URL_STS be of the same server or partition.',
    isSeenIn: anyOf(coded('InvalidAccessKeyId'), said(/Access Key Id you provided does not exist/i)),
  },
  'signature-differs': {
    link: 'network',
    symptom: 'SignatureDoesNotMatch: the signature is not the one that the server calculates',
    cause:
      'Something between the app and the server changes the request (a proxy that rewrites Host, path or headers), the endpoint is not the one that was signed for, or the secret key is wrong.',
    fix: 'Reach the endpoint without the proxy. For a server other than AWS check AWS_ENDPOINT_URL_S3, AWS_REGION, BRIDGE_S3_FORCE_PATH_STYLE, and BRIDGE_S3_CHECKSUMS=when-required.',
    isSeenIn: anyOf(coded('SignatureDoesNotMatch'), said(/request signature we calculated does not match/i)),
  },
  'credentials-expired': {
    link: 'credentials',
    symptom: 'ExpiredToken: the provided token has expired',
    cause:
      'The AWS session ended while it was in use. The bridge renews its own; a fixed AWS_SESSION_TOKEN or a wrong clock are the usual reasons.',
    fix: 'Remove AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN from the settings, check the clock, and start the run again. For your own aws command sign in again.',
    isSeenIn: anyOf(
      coded('ExpiredToken(?!Exception: Token)', 'TokenRefreshRequired'),
      said(/provided token has expired|security token included in the request is expired/i),
    ),
  },
  'session-token-malformed': {
    link: 'credentials',
    symptom: 'InvalidToken: the provided token is malformed or otherwise invalid',
    cause:
      'The session token was cut or changed, or it comes from the global endpoint of STS and the bucket is in an opt-in region, which does not accept such tokens.',
    fix: "Leave AWS_ENDPOINT_URL_STS unset, so that the region's own endpoint is used, and check that no setting holds an old AWS_SESSION_TOKEN.",
    isSeenIn: anyOf(coded('InvalidToken'), said(/provided token is malformed or otherwise invalid/i)),
  },
  'account-blocked': {
    link: 'locations',
    symptom: 'AllAccessDisabled, AccountProblem or NotSignedUp: the bucket or account is blocked',
    cause: 'The name is one that nobody may use (often a mistyped bucket), the account is suspended, or S3 is not activated for it.',
    fix: 'Check the name of the bucket in the location; else let the owner of the account open a case with AWS Support.',
    isSeenIn: anyOf(
      coded('AllAccessDisabled', 'AccountProblem', 'NotSignedUp', 'OptInRequired', 'InvalidPayer'),
      said(/All access to this (?:object|bucket) has been disabled/i),
    ),
  },
} as const satisfies Failures;
