/** Further elements of an S3 error document, such as `Key` or `BucketName`. */
export type ErrorDetails = Readonly<Record<string, string | number>>;

/** A refusal that is answered in the words of AWS: its error code, HTTP status and message. */
export class AwsError extends Error {
  override readonly name = 'AwsError';
  readonly code: string;
  readonly status: number;
  readonly details: ErrorDetails;
  readonly headers: Readonly<Record<string, string>>;

  constructor(code: string, status: number, message: string, details: ErrorDetails = {}, headers: Readonly<Record<string, string>> = {}) {
    super(message);
    this.code = code;
    this.status = status;
    this.details = details;
    this.headers = headers;
  }
}

/** The answer to anything that the stand-in does not do; `what` names it. It never pretends to have succeeded. */
export function notImplemented(what: string): AwsError {
  return new AwsError('NotImplemented', 501, `${what} is not implemented by the AWS stand-in.`, { Header: what });
}
