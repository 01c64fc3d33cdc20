import { z } from 'zod';
import { notImplemented } from '../../aws-error.ts';
import { isDeleteMarker, type ListedVersion, versionIdOf } from '../../storage/history.ts';
import { malformedXml, parseXml, renderXml, type XmlElement } from '../../xml.ts';
import { receiveText } from '../body/receive-body.ts';
import { bucketArn, S3_NAMESPACE, type S3Environment, type S3Operation } from '../s3-call.ts';
import { chooseEncoding, describeListed, readMaxKeys } from './list-objects.ts';

const configuration = z.object({ VersioningConfiguration: z.object({ Status: z.enum(['Enabled', 'Suspended']) }) });

/** PutBucketVersioning and GetBucketVersioning. */
export function createBucketVersioning({ storage }: S3Environment) {
  const putBucketVersioning: S3Operation = async (call) => {
    call.authorize('s3:PutBucketVersioning', bucketArn(call.bucket));
    const parsed = configuration.safeParse(parseXml(await receiveText(call)));
    if (!parsed.success) throw malformedXml();
    storage.buckets.configure(call.bucket, { versioning: parsed.data.VersioningConfiguration.Status });
    return { status: 200 };
  };

  const getBucketVersioning: S3Operation = (call) => {
    call.authorize('s3:GetBucketVersioning', bucketArn(call.bucket));
    const { versioning } = storage.buckets.settingsOf(call.bucket);
    return { status: 200, body: renderXml('VersioningConfiguration', { Status: versioning }, S3_NAMESPACE) };
  };

  return { putBucketVersioning, getBucketVersioning };
}

/** ListObjectVersions, of up to a thousand versions and without a delimiter. */
export function createListObjectVersions({ storage, accountId }: S3Environment): S3Operation {
  return (call) => {
    const { bucket, request } = call;
    call.authorize('s3:ListBucketVersions', bucketArn(bucket));
    const encodingType = request.parameter('encoding-type');
    const write = chooseEncoding(encodingType);
    const prefix = request.parameter('prefix') ?? '';
    const maxKeys = readMaxKeys(request);
    const found = [...storage.history.ofBucket(bucket)].filter(({ key }) => key.startsWith(prefix));
    if (found.length > maxKeys) throw notImplemented('A listing of versions in pages');
    const describe = ({ key, version, isLatest }: ListedVersion): XmlElement => ({
      Key: write(key),
      VersionId: versionIdOf(version),
      IsLatest: isLatest,
      LastModified: new Date(version.lastModifiedMs).toISOString(),
      ...(isDeleteMarker(version) ? {} : describeListed(version)),
      Owner: { ID: accountId },
    });
    const result = {
      Name: bucket,
      Prefix: write(prefix),
      MaxKeys: maxKeys,
      EncodingType: encodingType,
      IsTruncated: false,
      Version: found.filter(({ version }) => !isDeleteMarker(version)).map(describe),
      DeleteMarker: found.filter(({ version }) => isDeleteMarker(version)).map(describe),
    };
    return { status: 200, body: renderXml('ListVersionsResult', result, S3_NAMESPACE) };
  };
}
