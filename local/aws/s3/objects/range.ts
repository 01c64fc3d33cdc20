import { AwsError } from '../../aws-error.ts';
import type { AwsRequest } from '../../aws-request.ts';
import type { BodyRange } from '../../storage/bodies.ts';
import type { StoredObject } from '../../storage/stored-object.ts';
import { invalidRequest } from '../errors.ts';

/**
 * The part of `object` that `Range` or `partNumber` asks for; `undefined` means all of it. Like S3, it ignores a range that is not
 * understood, several ranges included.
 */
export function readRange(request: AwsRequest, object: StoredObject): BodyRange | undefined {
  const partNumber = request.parameter('partNumber');
  const header = request.header('range');
  if (partNumber !== undefined && header !== undefined)
    throw invalidRequest('Cannot specify both Range header and partNumber query parameter.');
  if (partNumber !== undefined) return rangeOfPart(object, Number(partNumber));
  return header === undefined ? undefined : parseRange(header, object.sizeBytes);
}

function parseRange(header: string, sizeBytes: number): BodyRange | undefined {
  const match = /^bytes=(\d*)-(\d*)$/.exec(header.trim());
  const [first, last] = [match?.[1] ?? '', match?.[2] ?? ''];
  if (first === '' && last === '') return undefined;
  const startByte = first === '' ? Math.max(sizeBytes - Number(last), 0) : Number(first);
  const endByte = first === '' || last === '' ? sizeBytes - 1 : Math.min(Number(last), sizeBytes - 1);
  if (first !== '' && last !== '' && Number(last) < Number(first)) return undefined;
  if (startByte >= sizeBytes) {
    throw new AwsError('InvalidRange', 416, 'The requested range is not satisfiable', {
      RangeRequested: header,
      ActualObjectSize: sizeBytes,
    });
  }
  return { startByte, endByte };
}

function rangeOfPart(object: StoredObject, number: number): BodyRange {
  const segment = object.segments[number - 1];
  if (segment === undefined) throw new AwsError('InvalidPartNumber', 416, 'The requested partnumber is not satisfiable');
  const startByte = object.segments.slice(0, number - 1).reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  return { startByte, endByte: startByte + segment.sizeBytes - 1 };
}
