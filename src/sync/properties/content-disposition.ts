import { decodeHeaderText, isEncodedWords, isHeaderText } from './header-text.ts';

/** A parameter of Content-Disposition with its semicolon; a quoted value may have escaped characters. */
const PARAMETER = /;\s*([^\s=;"]+)\s*=\s*("(?:[^"\\]|\\.)*"|[^;"]*)/gsu;

/**
 * The same Content-Disposition in ASCII, where RFC 6266 has a way: a file name that is not ASCII is given as `filename*`, and for old clients
 * as a `filename` with an underscore for each other character. What has no such form stays as it is.
 */
export function asciiDisposition(value: string): string {
  if (isHeaderText(value) && !isEncodedWords(value)) return value;
  const text = decodeHeaderText(value);
  if (!text.isWellFormed()) return value;
  const hasExtendedName = /;\s*filename\*\s*=/i.test(text);
  const converted = text.replaceAll(PARAMETER, (parameter, name: string, given: string) => {
    if (name.toLowerCase() !== 'filename' || isHeaderText(parameter)) return parameter;
    const fileName = unquoted(given);
    const plain = `; filename="${fileName.replaceAll(/[^ -~]/gu, '_').replaceAll(/["\\]/g, '\\$&')}"`;
    return hasExtendedName ? plain : `${plain}; filename*=UTF-8''${extendedValue(fileName)}`;
  });
  return isHeaderText(converted) ? converted : value;
}

function unquoted(value: string): string {
  return value.startsWith('"') ? value.slice(1, -1).replaceAll(/\\(.)/gsu, '$1') : value.trim();
}

/** https://www.rfc-editor.org/rfc/rfc8187#section-3.2 */
function extendedValue(text: string): string {
  return encodeURIComponent(text).replaceAll(/['()*]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`);
}
