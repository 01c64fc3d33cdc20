import { ISSUER_HOSTS } from '../../../clouds/azure-clouds.ts';
import type { Evidence, Failures } from '../../explain/evidence.ts';
import { anyOf, coded, notAllowed, said, saidInError } from '../signs.ts';

/** Application id of Microsoft's token exchange, which is the audience of the token that a managed identity shows for an app registration. */
const TOKEN_EXCHANGE = 'fb60f99c-7a34-4190-8149-302f77469936';

const INCORRECT_AUDIENCE = /Incorrect token audience/i;
/** In a policy: a condition key with the scheme, or without the slash that ends the issuer. */
const BAD_KEY_PREFIX = new RegExp(
  `"https://[^"\\s]{1,300}:(?:aud|sub)"|"(?:${ISSUER_HOSTS.join('|').replaceAll('.', '\\.')})/[^/"\\s]{1,100}:(?:aud|sub)"`,
);

/** Failures between the token and AWS credentials. Specific failures come before general ones. */
export const STS_FAILURES = {
  'token-is-for-exchange': {
    link: 'token',
    symptom: `the token's audience is ${TOKEN_EXCHANGE}`,
    cause:
      'The token with which a managed identity stands for an app registration was sent to AWS instead of the token that it is exchanged for.',
    fix: 'Set BRIDGE_AUDIENCE to your own App ID URI; either let the managed identity ask for it (managed-identity), or finish the exchange (federated-app).',
    isSeenIn: ({ text, claims }) => text.includes(TOKEN_EXCHANGE) || claims?.aud === TOKEN_EXCHANGE,
  },
  'provider-not-found': {
    link: 'trust',
    symptom: 'InvalidIdentityToken: No OpenIDConnect provider found in your account',
    cause:
      "The account of the role has no OIDC provider whose URL is the token's issuer: the provider is in another account, lacks the slash at its end, or is for the other token version.",
    fix: "Create the OIDC provider in the account of AWS_ROLE_ARN with the token's issuer as its URL (version 1: https://sts.windows.net/<tenant>/, slash included), and let the app registration issue version 1 tokens (requestedAccessTokenVersion null or 1).",
    isSeenIn: said(/No OpenIDConnect provider found/i),
  },
  'version-2-audience': {
    link: 'trust',
    symptom: 'Incorrect token audience, with a version 2 token',
    cause: "Of a token with azp, STS takes the caller's client id (azp) for the audience, not the App ID URI.",
    fix: "Let the app registration issue version 1 tokens (api.requestedAccessTokenVersion null or 1). Or register the caller's client id as the audience, in the provider and in the role.",
    isSeenIn: (evidence) => said(INCORRECT_AUDIENCE)(evidence) && isVersion2(evidence),
  },
  'audience-not-registered': {
    link: 'trust',
    symptom: 'Incorrect token audience',
    cause:
      "The token's audience is not among the client ids of the OIDC provider: an App ID URI against a GUID, another spelling, or another stack has replaced the list.",
    fix: 'aws iam add-client-id-to-open-id-connect-provider --open-id-connect-provider-arn <provider> --client-id <BRIDGE_AUDIENCE> adds it and keeps the others.',
    isSeenIn: (evidence) => said(INCORRECT_AUDIENCE)(evidence) && !isVersion2(evidence),
  },
  'condition-key-prefix': {
    link: 'trust',
    symptom: "the role's policy looks right, and still lets nobody in",
    cause:
      'The prefix of the condition keys is not the URL of the provider without https://: it carries the scheme, or lacks the slash before :aud and :sub.',
    fix: 'Write the keys as sts.windows.net/<tenant>/:aud and sts.windows.net/<tenant>/:sub, exactly as the ARN of the provider has it after oidc-provider/.',
    isSeenIn: said(BAD_KEY_PREFIX),
  },
  'trust-does-not-match': {
    link: 'trust',
    symptom: 'AccessDenied: Not authorized to perform sts:AssumeRoleWithWebIdentity',
    cause:
      'The role does not exist, or a condition of its trust policy does not hold for this token (case matters), or an organization policy denies it.',
    fix: 'Check AWS_ROLE_ARN, and compare :aud and :sub of the trust policy with the claims above; with the policy in BRIDGE_TRUST_POLICY the doctor does it and names the condition that fails.',
    isSeenIn: anyOf(
      notAllowed('sts:AssumeRoleWithWebIdentity'),
      said(/Not authorized to perform sts:AssumeRoleWithWebIdentity(?!.{0,300}explicit deny)/i),
      said(/no role trust policy allows the sts:AssumeRoleWithWebIdentity/i),
    ),
  },
  'keys-not-fetched': {
    link: 'sts',
    symptom: "Couldn't retrieve verification key, now and then",
    cause:
      "STS could not fetch the issuer's keys in time. It passes, but the AWS SDK does not try again, since the code is InvalidIdentityToken.",
    fix: 'Try again; the bridge does so up to five times by itself. If it stays, see whether <issuer>/.well-known/openid-configuration can be reached from the internet.',
    isSeenIn: said(/Couldn't retrieve verification key|(?<!OpenId)IDPCommunicationError/i),
  },
  'token-expired': {
    link: 'sts',
    symptom: 'ExpiredTokenException, often after an hour that went well',
    cause: 'An expired token was sent to STS: one that was fetched once and kept, or the clock is wrong.',
    fix: 'Fetch a new token for each exchange (the bridge does), and set the clock.',
    isSeenIn: said(/Token expired: current date|ExpiredTokenException(?!.{0,150}security token included in the request)/i),
  },
  'session-too-long': {
    link: 'sts',
    symptom: 'ValidationError: the requested DurationSeconds exceeds the MaxSessionDuration set for this role',
    cause:
      'BRIDGE_SESSION_SECONDS is more than the role allows (an hour, unless it says more), or roles are chained, which allows an hour at most.',
    fix: 'Lower BRIDGE_SESSION_SECONDS, or raise the maximum: aws iam update-role --role-name <role> --max-session-duration <seconds>.',
    isSeenIn: said(/DurationSeconds exceeds|'durationSeconds' failed to satisfy/i),
  },
  'session-name-refused': {
    link: 'sts',
    symptom: 'ValidationError: roleSessionName failed to satisfy the constraint',
    cause: 'The session name holds a space, ":" or "/", or is not 2 to 64 characters long.',
    fix: 'Use only letters, digits and _+=,.@- in it (the bridge replaces the rest by itself).',
    isSeenIn: said(/roleSessionName.{0,200}(?:must match|must satisfy|failed to satisfy|is invalid)/i),
  },
  'token-without-audience': {
    link: 'token',
    symptom: 'Missing a required claim: aud, or no valid JWT',
    cause: 'What was sent to STS is an opaque token or of another kind: it is no JWT with iss, aud, sub and exp.',
    fix: "Ask for a token of your own App ID URI: tokens for Microsoft's own services need not be readable JWTs.",
    isSeenIn: said(/Missing a required claim|is not a valid JWT/i),
  },
  'assume-role-not-web-identity': {
    link: 'trust',
    symptom: 'not authorized to perform: sts:AssumeRole',
    cause:
      'A tool called AssumeRole, with credentials that it had already. The role lets in web identities only, by AssumeRoleWithWebIdentity.',
    fix: 'Let the bridge exchange the token itself: remove role_arn, source_profile and AWS_PROFILE from the tool, and use keyless-bridge credential-process in its profile.',
    isSeenIn: anyOf(notAllowed('sts:AssumeRole'), said(/no role trust policy allows the sts:AssumeRole action/i)),
  },
  'session-tags-not-trusted': {
    link: 'trust',
    symptom: 'not authorized to perform: sts:TagSession',
    cause: 'The token carries session tags, and the trust policy of the role has sts:AssumeRoleWithWebIdentity only.',
    fix: 'Remove the claim https://aws.amazon.com/tags from the token, or add sts:TagSession to the statement of the trust policy.',
    isSeenIn: notAllowed('sts:TagSession'),
  },
  'session-policy-too-long': {
    link: 'sts',
    symptom: 'PackedPolicyTooLarge, or a session policy of more than 2,048 characters',
    cause:
      'The policy that narrows the session to the locations of a run is too long for STS, as text or in its packed form, which session tags share.',
    fix: 'Use fewer locations in one job, or shorter prefixes and bucket names; split the job in two.',
    isSeenIn: anyOf(
      coded('PackedPolicyTooLarge'),
      said(
        /The session policy for .{1,2000} characters, but AWS STS takes|Packed(?: policy)? size .{0,80}(?:exceed|consumes)|'policy' failed to satisfy constraint: Member must have length less than/i,
      ),
    ),
  },
  'session-policy-malformed': {
    link: 'sts',
    symptom: 'MalformedPolicyDocument from AssumeRoleWithWebIdentity',
    cause: 'STS cannot read the session policy: usually a bucket or prefix with characters that a policy cannot hold.',
    fix: 'Check the names of the buckets and prefixes in the jobs: no * ? $ and no control characters.',
    isSeenIn: said(/MalformedPolicyDocument.{0,200}AssumeRoleWithWebIdentity|AssumeRoleWithWebIdentity.{0,200}MalformedPolicyDocument/i),
  },
  'region-disabled': {
    link: 'sts',
    symptom: 'RegionDisabledException: STS is not activated in this region for the account',
    cause: 'The region is an opt-in region that the account has not enabled, or its STS endpoint was deactivated.',
    fix: 'aws account enable-region --region-name <region>, or IAM > Account settings > Security Token Service, or set AWS_REGION to an enabled region.',
    isSeenIn: anyOf(coded('RegionDisabled'), said(/STS is not activated in this region/i)),
  },
  'token-claim-rejected': {
    link: 'sts',
    symptom: 'IDPRejectedClaim: the identity provider rejected the claim',
    cause: 'STS does not accept a claim of the token: the identity is disabled or deleted, or the token is not valid yet.',
    fix: 'Check that the enterprise application or managed identity is enabled in Entra ID, that AZURE_TENANT_ID is right, and the clock of the machine.',
    isSeenIn: coded('IDPRejectedClaim'),
  },
  'token-signature-refused': {
    link: 'sts',
    symptom: 'InvalidIdentityToken about the signature or the algorithm of the token',
    cause:
      "STS cannot verify the token with the issuer's published keys: the token was changed or cut, is for another service, or the provider is for another issuer.",
    fix: 'Send the access token for BRIDGE_AUDIENCE unchanged and whole. Tokens for Microsoft Graph and some other Microsoft services cannot be verified by anybody else.',
    isSeenIn: said(/InvalidIdentityToken.{0,200}(?:signature|algorithm)|(?:signature|algorithm).{0,100}InvalidIdentityToken/i),
  },
  'token-too-long': {
    link: 'sts',
    symptom: "'webIdentityToken' failed to satisfy constraint",
    cause: 'What was sent as the token is empty, or longer than the 20,000 characters that STS takes.',
    fix: 'Check that the token was fetched at all. Remove optional and group claims from the tokens of the app registration (Token configuration).',
    isSeenIn: said(/webIdentityToken' failed to satisfy/i),
  },
  'role-arn-invalid': {
    link: 'settings',
    symptom: "Request ARN is invalid, or 'roleArn' failed to satisfy constraint",
    cause: 'AWS_ROLE_ARN is no ARN of an IAM role of this partition.',
    fix: 'Set AWS_ROLE_ARN to the output RoleArn of the stack, arn:aws:iam::<account>:role/<name> (arn:aws-cn:… in China, arn:aws-us-gov:… in GovCloud).',
    isSeenIn: said(/Request ARN is invalid|roleArn' failed to satisfy|Invalid ARN .{0,100}role/i),
  },
  'provider-has-no-such-issuer': {
    link: 'deployment',
    symptom: 'AWS does not accept the URL of the OIDC provider',
    cause: 'The URL is no issuer that answers over https at <url>/.well-known/openid-configuration, or it has a port or a query.',
    fix: 'Use https://sts.windows.net/<tenant id>/ with the slash at its end, and open <url>.well-known/openid-configuration in a browser.',
    isSeenIn: said(
      /Please provide a valid https URL|Invalid Open ID Connect Provider URL|OpenIdIdpCommunicationError|Issuer .{0,120}(?:does not match|mismatch)/i,
    ),
  },
  'ambient-aws-keys': {
    link: 'settings',
    symptom: 'an error of STS about keys or a security token, although the Entra token is fine',
    cause:
      'AWS keys in the environment (AWS_ACCESS_KEY_ID and the like) are used by some tools to sign a request that must not be signed. Keys that are deleted, or of a session in a region that is not enabled, give the same error.',
    fix: 'Remove AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN and AWS_PROFILE from the app settings: the bridge needs none.',
    isSeenIn: said(
      /X-Amz-Security-Token|UnrecognizedClientException|InvalidClientTokenId|security token included in the request is invalid/i,
    ),
  },
  'sts-other': {
    link: 'sts',
    symptom: 'an error of AWS STS that the doctor does not explain one by one',
    cause: 'STS did not exchange the token for credentials.',
    fix: 'Run npm run doctor with --trust-policy: it compares the token with the role. The event AssumeRoleWithWebIdentity in CloudTrail has the reason.',
    isSeenIn: anyOf(
      saidInError(/AssumeRoleWithWebIdentity/),
      coded('InvalidIdentityToken', 'IDP\\w{1,40}', 'STSServiceException', 'GetCallerIdentity'),
    ),
    rank: 'family',
  },
} as const satisfies Failures;

function isVersion2({ text, claims }: Evidence): boolean {
  return claims === undefined ? /\bazp\b|\/v2\.0\b/.test(text) : claims.azp !== undefined;
}
