import type { FailureCode } from '../../sync/outcomes/receipt.ts';

/** Remedies by the reason of a failure, before the run is started again. The receipts say more about each object. */
export const REMEDIES: Readonly<Record<FailureCode, string>> = {
  'not-found': 'Look whether the bucket or container is still there, and whether something deletes objects while they are copied.',
  'precondition-failed': 'Something else writes to the same keys of the destination. Stop that, or give the job a prefix of its own.',
  'permission-denied':
    'Allow the bridge what the message names: by the role, the bucket policy and the KMS key on AWS, by a role assignment on Azure. Where it says "explicit deny", change the policy that denies. "npm run doctor" finds which it is.',
  'credentials-expired': 'Start the run again. If it happens again, compare the clock and BRIDGE_SESSION_SECONDS by "npm run doctor".',
  throttled: 'Lower the concurrency or the lanes of the job, or run it when less else asks the same store.',
  'checksum-mismatch':
    'Start the run again. Objects that fail again are damaged at the source, or by something on the way: restore them there.',
  'invalid-key': 'Rename these objects at the source: the destination cannot hold their keys.',
  'key-collision':
    'Something else has, or gets, the key at the destination that these objects would have: the destination cannot hold their own, or they stand for folders. Move it, or rename them at the source.',
  'invalid-metadata':
    'Shorten or rename at the source the metadata or tags that the message names. The option "metadata" says what becomes of names.',
  archived: 'Restore these objects from the archive (S3), or rehydrate them (Blob Storage), before they are copied.',
  'destination-archived':
    'What the destination has under these keys is archived, and cannot be replaced. Rehydrate it, or delete it, then start the run again.',
  'upload-blocked':
    'Another tool began to upload these blobs and did not end it, or they are of another type. Write any blob there in one request, which replaces both, then start the run again.',
  aborted: 'Start the run again: it was broken off while these objects were under way.',
  unavailable: 'Start the run again. If it happens again, look at the network and at the health of the services.',
  rejected: 'The service refused the request; the message says why.',
  'source-changed': 'Start the run again, best when less is written: these objects changed while they were read.',
  'too-large': 'Split these objects at the source: the destination cannot hold objects of their size.',
};
