import { XMLParser } from 'fast-xml-parser';
import { AwsError } from './aws-error.ts';

/** What an element holds: text, child elements by name, or a list, which repeats the element. `undefined` leaves it out. */
export type XmlContent = string | number | boolean | undefined | XmlElement | readonly XmlContent[];
export interface XmlElement {
  readonly [name: string]: XmlContent;
}

/** Renders a document whose root has the XML namespace `namespace`, or none. */
export function renderXml(root: string, content: XmlElement, namespace?: string): string {
  const attribute = namespace === undefined ? '' : ` xmlns="${namespace}"`;
  return `<?xml version="1.0" encoding="UTF-8"?>\n<${root}${attribute}>${renderContent(content)}</${root}>`;
}

function renderContent(content: XmlContent): string {
  if (typeof content !== 'object') return escapeXml(String(content));
  return Object.entries(content)
    .map(([name, child]) => renderElement(name, child))
    .join('');
}

function renderElement(name: string, content: XmlContent): string {
  if (content === undefined) return '';
  if (Array.isArray(content)) return content.map((one: XmlContent) => renderElement(name, one)).join('');
  return `<${name}>${renderContent(content)}</${name}>`;
}

/** Like S3, writes control characters as references, which strict XML 1.0 parsers refuse: that is what url encoding of listings is for. */
function escapeXml(text: string): string {
  return text.replace(/[&<>"\p{Cc}]/gu, (character) => `&#x${character.charCodeAt(0).toString(16)};`);
}

const REPEATED_ELEMENTS = ['Object', 'Part', 'Tag'];

const parser = new XMLParser({
  ignoreAttributes: true,
  parseTagValue: false,
  trimValues: false,
  htmlEntities: true,
  isArray: (name) => REPEATED_ELEMENTS.includes(name),
});

/** Parses a request's document; `MalformedXML` when it is not one. Numbers and spaces stay as written. */
export function parseXml(text: string): unknown {
  try {
    return parser.parse(text, true);
  } catch {
    throw malformedXml();
  }
}

/** The document is not well-formed, or not what the operation asks for. */
export function malformedXml(): AwsError {
  return new AwsError('MalformedXML', 400, 'The XML you provided was not well-formed or did not validate against our published schema');
}
