import type { Failures } from '../explain/evidence.ts';
import { anyOf, coded, said } from './signs.ts';

/** Failures that Blob Storage and S3 share. */
export const STORE_FAILURES = {
  'container-being-deleted': {
    link: 'locations',
    symptom: 'ContainerBeingDeleted: the container is being deleted',
    cause: 'A container of that name was deleted moments ago. Azure needs at least 30 seconds until the name can be used again.',
    fix: 'Wait some minutes, create the container, and start the run again.',
    isSeenIn: coded('ContainerBeingDeleted', 'ContainerDisabled'),
  },
  'not-found': {
    link: 'locations',
    symptom: 'NoSuchBucket or ContainerNotFound: the bucket or container does not exist',
    cause: 'The bucket or container does not exist, or the location names it wrongly.',
    fix: 'Create it, or correct the location in BRIDGE_JOBS or BRIDGE_ALLOWED_LOCATIONS.',
    isSeenIn: anyOf(
      coded('NoSuchBucket', 'ContainerNotFound', 'FilesystemNotFound'),
      said(/specified (?:bucket|container|filesystem|resource) does not exist/i),
    ),
  },
  'object-missing': {
    link: 'locations',
    symptom: 'NoSuchKey, BlobNotFound or NoSuchVersion: the object is not there',
    cause: 'Somebody deleted or replaced the object after it was listed, or the location names an object as if it were a prefix.',
    fix: 'Let the next run look at it again. If every object is missing, correct the location: a prefix ends with a slash.',
    isSeenIn: anyOf(
      coded('NoSuchKey', 'NoSuchVersion', 'BlobNotFound', 'PathNotFound'),
      said(/specified (?:key|blob|version|path) does not exist|\(404\).{0,80}HeadObject/i),
    ),
  },
  'changed-meanwhile': {
    link: 'locations',
    symptom: 'PreconditionFailed, ConditionNotMet or BlobAlreadyExists: the object changed in the meantime',
    cause:
      'Another writer created or replaced the object between the listing and the copy; the copy was not made, so that nothing is lost.',
    fix: 'Let the next run look at it again. If it stays, find the other writer: two jobs with one destination, or a program of yours.',
    isSeenIn: anyOf(
      coded(
        'PreconditionFailed',
        'ConditionalRequestConflict',
        'OperationAborted',
        'ConditionNotMet',
        'BlobAlreadyExists',
        'UnauthorizedBlobOverwrite',
        'SourceConditionNotMet',
        'TargetConditionNotMet',
      ),
      said(
        /Precondition Failed|(?:pre-?conditions|condition specified using HTTP conditional header).{0,40}(?:did not hold|not met)|conflicting conditional operation/i,
      ),
    ),
  },
  throttled: {
    link: 'locations',
    symptom: 'SlowDown, ServerBusy, 503 or TooManyRequests: the service asks for fewer requests',
    cause:
      'The requests per second, or the bytes, of a prefix, an account or a region are over a limit. The bridge slows down by itself and tries again.',
    fix: 'Wait for the run. Lower options.requestsPerSecond, options.bandwidth or options.lanes if other programs suffer.',
    isSeenIn: anyOf(
      coded(
        'SlowDown',
        'ServerBusy',
        'RequestLimitExceeded',
        'Throttling',
        'ThrottledException',
        'RequestThrottled',
        'TooManyRequests',
        'AccountBandwidthLimitExceeded',
      ),
      said(
        /reduce your request rate|The server is (?:currently )?busy|(?:Ingress|Egress) is over the account limit|Rate exceeded|operations per second is over the account limit/i,
      ),
    ),
  },
  'service-failed': {
    link: 'locations',
    symptom: 'InternalError, ServiceUnavailable, OperationTimedOut or RequestTimeout: the service failed or was too slow',
    cause: 'A passing failure of the service or of the network on the way. The bridge tries each request again.',
    fix: 'Start the run again; it continues. If it stays, look at AWS Health or Azure Status, and at the bandwidth of the app.',
    isSeenIn: anyOf(
      coded('InternalError', 'ServiceUnavailable', 'OperationTimedOut', 'RequestTimeout', 'IncompleteBody'),
      said(
        /server encountered an internal error|encountered an internal error\. Please try again|socket connection to the server was not read from or written to|Operation could not be completed within the (?:specified|permitted) time/i,
      ),
    ),
    rank: 'broad',
  },
} as const satisfies Failures;
