/** The checksums that S3 keeps with an object; the name is the end of the header's name. */
export type ChecksumAlgorithm = 'crc32' | 'crc32c' | 'crc64nvme' | 'sha1' | 'sha256';

/** Whether a checksum covers the bytes of the object, or the checksums of its parts. */
export type ChecksumType = 'FULL_OBJECT' | 'COMPOSITE';

export interface StoredChecksum {
  readonly algorithm: ChecksumAlgorithm;
  readonly type: ChecksumType;
  /** Base64; a composite one ends in `-` and the number of parts. */
  readonly value: string;
}

export interface Tag {
  readonly Key: string;
  readonly Value: string;
}

/** What travels with an object beside its bytes. */
export interface ObjectAttributes {
  /** Content headers by lower-case name. */
  readonly headers: Readonly<Record<string, string>>;
  /** User metadata by lower-case name without `x-amz-meta-`, as it is answered. */
  readonly metadata: Readonly<Record<string, string>>;
  /** How many more there are, which answers only count. */
  readonly hiddenMetadata?: number;
  readonly tags: readonly Tag[];
  readonly storageClass: string;
  /** The headers that tell how it is encrypted; nothing is. */
  readonly encryption: Readonly<Record<string, string>>;
}

/** One immutable run of bytes on disk. */
export interface Segment {
  readonly id: string;
  readonly sizeBytes: number;
}

export interface StoredObject extends ObjectAttributes {
  /** Without quotes. */
  readonly etag: string;
  readonly sizeBytes: number;
  readonly lastModifiedMs: number;
  readonly checksum: StoredChecksum;
  /** Of an archived object that was asked for: when it can be read, and until when, in milliseconds since 1970. */
  readonly restore?: { readonly readyMs: number; readonly expiresMs: number };
  /** The body, in order; one for each part when it was uploaded in parts. */
  readonly segments: readonly Segment[];
  /** Absent when the bucket never kept versions while it was written. */
  readonly versionId?: string;
}

/** A version without bytes, below which its key shows nothing. */
export interface DeleteMarker {
  readonly isDeleteMarker: true;
  readonly versionId: string;
  readonly lastModifiedMs: number;
}

export type StoredVersion = StoredObject | DeleteMarker;

/** An upload in parts that has begun. */
export interface StoredUpload extends ObjectAttributes {
  readonly id: string;
  readonly bucket: string;
  readonly key: string;
  readonly initiatedMs: number;
  /** What began it acts as. */
  readonly initiatorArn: string;
  readonly checksumAlgorithm: ChecksumAlgorithm;
  readonly checksumType: ChecksumType;
  /** `false` when the client left the choice to S3: its parts must then come without a checksum. */
  readonly isChecksumChosen: boolean;
}

export interface StoredPart {
  readonly number: number;
  readonly etag: string;
  readonly lastModifiedMs: number;
  /** By the upload's algorithm. */
  readonly checksum: string;
  readonly segment: Segment;
}
