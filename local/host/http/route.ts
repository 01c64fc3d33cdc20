/** A compiled route template, such as `runs/{id}/report` or `{*path}`. */
export interface Route {
  /** The parameters when `path` (without leading slash) matches, else `undefined`. */
  match(path: string): Record<string, string> | undefined;
  /** Compared with another route's: the lesser one is the more specific and is tried first. */
  readonly rank: string;
}

/** The constraints of ASP.NET's routes that have a plain pattern. */
const CONSTRAINTS: Readonly<Record<string, string>> = {
  alpha: '[a-z]+',
  bool: 'true|false',
  guid: '[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}',
  int: '-?\\d+',
  long: '-?\\d+',
};

const PARAMETER_SPLIT = /(\{[^}]*\})/;
const PARAMETER = /\{(?<star>\*{0,2})(?<name>\w+)(?::(?<constraint>\w+))?(?<optional>\?)?\}/g;

/** Compiles a template; throws on a constraint that is not supported here. */
export function compileRoute(template: string): Route {
  const segments = template.split('/').filter((segment) => segment !== '');
  const pattern = new RegExp(`^${segments.map(segmentPattern).join('')}/?$`, 'i');
  return {
    rank: segments.map(segmentRank).join(''),
    match(path) {
      const matched = pattern.exec(`/${path}`);
      return matched === null ? undefined : decodeGroups(matched.groups ?? {});
    },
  };
}

function segmentPattern(segment: string): string {
  const isOptional = /\?\}$/.test(segment);
  const isCatchAll = segment.startsWith('{*');
  const literals = segment.split(PARAMETER_SPLIT).map((part) => (part.startsWith('{') ? parameterPattern(part) : escapeLiteral(part)));
  return isOptional || isCatchAll ? `(?:/${literals.join('')})?` : `/${literals.join('')}`;
}

function escapeLiteral(text: string): string {
  return text.replaceAll(/[$()*+.?[\\\]^{|}]/g, String.raw`\$&`);
}

function parameterPattern(parameter: string): string {
  const { star, name, constraint } = [...parameter.matchAll(PARAMETER)][0]?.groups ?? {};
  if (name === undefined) throw new Error(`The route parameter "${parameter}" is not understood by the local host.`);
  if (constraint === undefined) return `(?<${name}>${star === '' ? '[^/]+?' : '.+'})`;
  const pattern = CONSTRAINTS[constraint];
  if (pattern === undefined) throw new Error(`The route constraint "${constraint}" in "${parameter}" is not supported by the local host.`);
  return `(?<${name}>${pattern})`;
}

function segmentRank(segment: string): string {
  if (segment.startsWith('{*')) return '3';
  if (!segment.includes('{')) return '0';
  return segment.includes(':') ? '1' : '2';
}

function decodeGroups(groups: Record<string, string | undefined>): Record<string, string> {
  const present = Object.entries(groups).filter((entry): entry is [string, string] => entry[1] !== undefined);
  return Object.fromEntries(present.map(([name, value]) => [name, decodeSegment(value)]));
}

/** Like ASP.NET, which leaves an encoded slash alone, and anything that is no valid encoding. */
function decodeSegment(text: string): string {
  try {
    return text.split(/%2f/i).map(decodeURIComponent).join('%2F');
  } catch {
    return text;
  }
}
