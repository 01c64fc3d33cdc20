import { type KnownFailure, said } from './evidence.ts';

/** What goes wrong while the trust is deployed. */
export const DEPLOYMENT_FAILURES = {
  'provider-exists': {
    symptom: 'EntityAlreadyExists for the OIDC provider, or the old provider has vanished',
    cause:
      'An account has one OIDC provider for each issuer, and another stack (or Sentinel, or Defender) has made it. A create that fails may delete it when it is rolled back.',
    fix: 'List them first (aws iam list-open-id-connect-providers), give its ARN to the stack as ExistingOidcProviderArn, and add the audience with aws iam add-client-id-to-open-id-connect-provider.',
    isSeenIn: said(/EntityAlreadyExists/),
  },
  'client-ids-replaced': {
    symptom: 'a second stack drops the audience of the first',
    cause: 'An update of ClientIdList in CloudFormation replaces the whole list of the provider.',
    fix: 'Keep the provider in one stack, and add audiences with aws iam add-client-id-to-open-id-connect-provider, which keeps the others.',
    isSeenIn: said(/ClientIdList|RemoveClientIDFromOpenIDConnectProvider/i),
  },
  'thumbprint-pinned': {
    symptom: 'an error about a thumbprint of the OIDC provider',
    cause:
      "A thumbprint was pinned by hand, often of the server's certificate, which changes. For public authorities AWS does not need any.",
    fix: 'Leave ThumbprintList out.',
    // Entra ID speaks of the thumbprints of client certificates, too.
    isSeenIn: said(/^(?!.*AADSTS).*thumbprint/is),
  },
  'app-id-uri-refused': {
    symptom: 'Failed to add identifier URI',
    cause: 'A policy of the tenant allows only some forms of App ID URIs for applications with version 1 tokens.',
    fix: 'Use api://<client id> or api://<tenant id>/<name>, and the same in BRIDGE_AUDIENCE and on AWS.',
    isSeenIn: said(/Failed to add identifier URI|HostNameNotOnVerifiedDomain|identifierUris.*(?:verified domain|not allowed|policy)/is),
  },
  'unique-name-taken': {
    symptom: 'uniqueName already exists',
    cause: 'A deleted app registration keeps its uniqueName for 30 days, and one that was made elsewhere cannot be adopted without one.',
    fix: 'Purge the deleted application (Deleted applications in Entra ID), set uniqueName on the existing one, or deploy under another name.',
    isSeenIn: said(/uniqueName/i),
  },
  'trust-too-broad': {
    symptom: 'every principal of the tenant can assume the role; nothing fails',
    cause:
      'Entra ID gives any app and managed identity of the tenant a token for the audience, and the trust policy does not pin the subject (:sub) with StringEquals.',
    fix: 'Pin :sub to the object id of the identity in the trust policy by StringEquals, without ForAllValues and wildcards, and set "Assignment required" on the enterprise application.',
    isSeenIn: ({ text }) => /ForAllValues:String/.test(text) || (/:aud"/.test(text) && !/:sub"/.test(text)),
  },
} as const satisfies Record<string, KnownFailure>;

/** What goes wrong in S3 although there are credentials. */
export const S3_FAILURES = {
  'multipart-needs-decrypt': {
    symptom: 'small objects are copied, large ones get AccessDenied',
    cause: 'With SSE-KMS an upload in parts must decrypt the parts to join them, and kms:Decrypt (or kms:GenerateDataKey) is missing.',
    fix: 'Allow kms:Decrypt and kms:GenerateDataKey on the KMS key for the role; a key of another account must name the role in its own policy too.',
    isSeenIn: said(/not authorized to perform: kms:(?:Decrypt|GenerateDataKey)|AccessDenied.*UploadPart operation/is),
  },
  'listing-denied': {
    symptom: 'a HEAD of a missing object, or a listing, gets 403',
    cause: 'Without s3:ListBucket for the prefix S3 says "denied" where it would say "absent".',
    fix: 'Allow s3:ListBucket on the bucket for the role, with a condition on s3:prefix that covers the prefix of the location, and check the bucket policy.',
    isSeenIn: said(
      /did not list s3:\/\/.*\b403\b|not authorized to perform: s3:ListBucket|\(403\).*HeadObject operation|HeadObject.*\b403\b/is,
    ),
  },
} as const satisfies Record<string, KnownFailure>;
