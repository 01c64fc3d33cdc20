import { type Evidence, type KnownFailure, said } from './evidence.ts';

/** Application id of Microsoft's token exchange, which is the audience of the token that a managed identity shows for an app registration. */
const TOKEN_EXCHANGE = 'fb60f99c-7a34-4190-8149-302f77469936';

const INCORRECT_AUDIENCE = /Incorrect token audience/i;
/** In a policy: a condition key with the scheme, or without the slash that ends the issuer. */
const BAD_KEY_PREFIX = /"https:\/\/[^"]+:(?:aud|sub)"|"sts\.(?:windows\.net|chinacloudapi\.cn)\/[^/"]+:(?:aud|sub)"/;

/** What goes wrong between the token and AWS credentials. More particular failures come before those that they are a case of. */
export const STS_FAILURES = {
  'token-is-for-exchange': {
    symptom: `the token's audience is ${TOKEN_EXCHANGE}`,
    cause:
      'The token with which a managed identity stands for an app registration was sent to AWS instead of the token that it is exchanged for.',
    fix: 'Set BRIDGE_AUDIENCE to your own App ID URI; either let the managed identity ask for it (managed-identity), or finish the exchange (federated-app).',
    isSeenIn: ({ text, claims }) => text.includes(TOKEN_EXCHANGE) || claims?.aud === TOKEN_EXCHANGE,
  },
  'provider-not-found': {
    symptom: 'InvalidIdentityToken: No OpenIDConnect provider found in your account',
    cause:
      "The account of the role has no OIDC provider whose URL is the token's issuer: the provider is in another account, lacks the slash at its end, or is for the other token version.",
    fix: "Create the OIDC provider in the account of AWS_ROLE_ARN with the token's issuer as its URL (version 1: https://sts.windows.net/<tenant>/, slash included), and let the app registration issue version 1 tokens (requestedAccessTokenVersion null or 1).",
    isSeenIn: said(/No OpenIDConnect provider found/i),
  },
  'version-2-audience': {
    symptom: 'Incorrect token audience, with a version 2 token',
    cause: "Of a token with azp, STS takes the caller's client id (azp) for the audience, not the App ID URI.",
    fix: "Let the app registration issue version 1 tokens (api.requestedAccessTokenVersion null or 1). Or register the caller's client id as the audience, in the provider and in the role.",
    isSeenIn: (evidence) => said(INCORRECT_AUDIENCE)(evidence) && isVersion2(evidence),
  },
  'audience-not-registered': {
    symptom: 'Incorrect token audience',
    cause:
      "The token's audience is not among the client ids of the OIDC provider: an App ID URI against a GUID, another spelling, or another stack has replaced the list.",
    fix: 'aws iam add-client-id-to-open-id-connect-provider --open-id-connect-provider-arn <provider> --client-id <BRIDGE_AUDIENCE> adds it and keeps the others.',
    isSeenIn: (evidence) => said(INCORRECT_AUDIENCE)(evidence) && !isVersion2(evidence),
  },
  'condition-key-prefix': {
    symptom: "the role's policy looks right, and still lets nobody in",
    cause:
      'The prefix of the condition keys is not the URL of the provider without https://: it carries the scheme, or lacks the slash before :aud and :sub.',
    fix: 'Write the keys as sts.windows.net/<tenant>/:aud and sts.windows.net/<tenant>/:sub, exactly as the ARN of the provider has it after oidc-provider/.',
    isSeenIn: said(BAD_KEY_PREFIX),
  },
  'trust-does-not-match': {
    symptom: 'AccessDenied: Not authorized to perform sts:AssumeRoleWithWebIdentity',
    cause:
      'The role does not exist, or a condition of its trust policy does not hold for this token (case matters), or an organization policy denies it.',
    fix: 'Check AWS_ROLE_ARN, and compare :aud and :sub of the trust policy with the claims above; with the policy in BRIDGE_TRUST_POLICY the doctor does it and names the condition that fails.',
    isSeenIn: said(/Not authorized to perform:? sts:AssumeRoleWithWebIdentity/i),
  },
  'keys-not-fetched': {
    symptom: "Couldn't retrieve verification key, now and then",
    cause:
      "STS could not fetch the issuer's keys in time. It passes, but the AWS SDK does not try again, since the code is InvalidIdentityToken.",
    fix: 'Try again; the bridge does so up to five times by itself. If it stays, see whether <issuer>/.well-known/openid-configuration can be reached from the internet.',
    isSeenIn: said(/Couldn't retrieve verification key|IDPCommunicationError/i),
  },
  'token-expired': {
    symptom: 'ExpiredTokenException, often after an hour that went well',
    cause: 'An expired token was sent to STS: one that was fetched once and kept, or the clock is wrong.',
    fix: 'Fetch a new token for each exchange (the bridge does), and set the clock.',
    isSeenIn: said(/ExpiredTokenException|Token expired: current date/i),
  },
  'session-too-long': {
    symptom: 'ValidationError: the requested DurationSeconds exceeds the MaxSessionDuration set for this role',
    cause:
      'BRIDGE_SESSION_SECONDS is more than the role allows (an hour, unless it says more), or roles are chained, which allows an hour at most.',
    fix: 'Lower BRIDGE_SESSION_SECONDS, or raise the maximum: aws iam update-role --role-name <role> --max-session-duration <seconds>.',
    isSeenIn: said(/DurationSeconds exceeds/i),
  },
  'session-name-refused': {
    symptom: 'ValidationError: roleSessionName failed to satisfy the constraint',
    cause: 'The session name holds a space, ":" or "/", or is not 2 to 64 characters long.',
    fix: 'Use only letters, digits and _+=,.@- in it (the bridge replaces the rest by itself).',
    isSeenIn: said(/roleSessionName.*(?:must match|must satisfy|failed to satisfy)/is),
  },
  'token-without-audience': {
    symptom: 'Missing a required claim: aud, or no valid JWT',
    cause: 'What was sent to STS is an opaque token or of another kind: it is no JWT with iss, aud, sub and exp.',
    fix: "Ask for a token of your own App ID URI: tokens for Microsoft's own services need not be readable JWTs.",
    isSeenIn: said(/Missing a required claim|is not a valid JWT/i),
  },
  'ambient-aws-keys': {
    symptom: 'an error of STS about keys or a security token, although the Entra token is fine',
    cause: 'AWS keys in the environment (AWS_ACCESS_KEY_ID and the like) are used by some tools to sign a request that must not be signed.',
    fix: 'Remove AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN and AWS_PROFILE from the app settings: the bridge needs none.',
    isSeenIn: said(
      /X-Amz-Security-Token|UnrecognizedClientException|InvalidClientTokenId|security token included in the request is invalid/i,
    ),
  },
} as const satisfies Record<string, KnownFailure>;

function isVersion2({ text, claims }: Evidence): boolean {
  return claims === undefined ? /\bazp\b|\/v2\.0\b/.test(text) : claims.azp !== undefined;
}
