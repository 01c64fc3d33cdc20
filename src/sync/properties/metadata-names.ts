import { nameEscape } from '../store/escape.ts';

/** How a service writes names of metadata that it cannot hold, or that have a meaning of their own there. */
export interface NameCodec {
  /** `undefined` when no form of the name can be held. */
  encode(name: string): string | undefined;
  /** The name that `encode` made this of; a name that it never makes stays as it is. */
  decode(stored: string): string;
}

/** An HTTP token in lower case, which is all that S3 can hold, and so all that we carry. */
const TOKEN = /^[a-z0-9!#$%&'*+.^_`|~-]+$/;

/**
 * Names that the XML parser of Azure's SDK refuses, and with them the whole page of a listing (`_` is its name for text). It renames
 * `toString` and the like too, but those have a capital, and we write lower case.
 */
const UNPARSABLE_NAMES = ['__proto__', 'constructor', 'prototype', '_'];

/** Escapes as XML's EncodeName does: `my-name` is `my_x002d_name`. Names are C# identifiers on Blob Storage. */
export function createBlobNames(ownNames: readonly string[]): NameCodec {
  const reserved = [...ownNames, ...UNPARSABLE_NAMES];

  function encode(name: string): string | undefined {
    if (!TOKEN.test(name)) return undefined;
    return nameEscape.escape(name, reserved.includes(name) ? /^./ : /[^a-z0-9_]|^[0-9]/);
  }

  return {
    encode,
    decode(stored) {
      const name = nameEscape.unescape(stored);
      return encode(name) === stored ? name : stored;
    },
  };
}

/** S3 holds every name but ours. Those are escaped in their first character, and so is what looks like one of ours that is escaped. */
export function createS3Names(ownNames: readonly string[]): NameCodec {
  const decodeFirst = (name: string) => (/^_x[0-9a-f]{4}_/.test(name) ? nameEscape.unescape(name.slice(0, 7)) + name.slice(7) : undefined);
  // Each step takes six characters away, and header names are short.
  const isReserved = (name: string | undefined): boolean =>
    name !== undefined && (ownNames.includes(name) || isReserved(decodeFirst(name)));

  return {
    encode(name) {
      if (!TOKEN.test(name)) return undefined;
      return isReserved(name) ? nameEscape.escape(name.slice(0, 1), /./) + name.slice(1) : name;
    },
    decode(stored) {
      const name = decodeFirst(stored);
      return name !== undefined && isReserved(name) ? name : stored;
    },
  };
}
