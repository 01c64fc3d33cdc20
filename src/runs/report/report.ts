import { randomBytes } from 'node:crypto';
import type { Receipt } from '../../sync/outcomes/receipt.ts';
import { escapeUnseen } from '../../text/unseen-characters.ts';
import { DamagedDocumentError, parseDocument } from '../damaged-document.ts';
import type { RunRecord } from '../record.ts';
import type { State } from '../state.ts';
import { linesOf } from './lines.ts';

/** A page of a report ends with the first line that reaches this many characters: an HTTP answer is held whole in memory. */
const PAGE_CHARACTERS = 8 * 1024 * 1024;

const CSV_COLUMNS = [
  'key',
  'action',
  'reason',
  'sizeBytes',
  'sourceEtag',
  'destinationEtag',
  'crc64nvme',
  'verified',
  'way',
  'at',
  'milliseconds',
  'message',
  'leftOut',
  'sourceAbsentAt',
  'isRecoverable',
  'by',
  'destinationKey',
  'record',
  'sourceRecord',
] as const;

export type ReportFormat = 'ndjson' | 'csv';

export interface ReportPage {
  readonly text: string;
  /** Where the next page begins, in bytes; not there on the last one. */
  readonly nextOffset?: number;
}

/** Where a run's report is: NDJSON, one receipt a line, in key order. Its record names it. */
export function reportPath({ id, reportName = 'report.ndjson' }: Pick<RunRecord, 'id' | 'reportName'>): string {
  return `runs/${id}/${reportName}`;
}

/** A name for what one execution makes, so that no other one can replace it. */
export function newReportName(attempt: number): string {
  return `report-${attempt}-${randomBytes(4).toString('hex')}.ndjson`;
}

/** Reads the page of a finished report that begins at `offset`: 0 or a page's `nextOffset`. `undefined` when there is none (yet). Throws a DamagedDocumentError. */
export async function readReport(
  state: State,
  run: Pick<RunRecord, 'id' | 'reportName'>,
  format: ReportFormat,
  offset: number,
): Promise<ReportPage | undefined> {
  const path = reportPath(run);
  const report = await state.stream(path, Math.max(0, offset - 1));
  if (report === undefined) return undefined;
  const rest = linesOf(report.body);
  if (offset > 0 && !(offset < report.totalBytes && (await isAtLineEnd(rest)))) return undefined;
  const lines: string[] = format === 'csv' && offset === 0 ? [CSV_COLUMNS.join(',')] : [];
  let characters = 0;
  let position = offset;
  for await (const line of rest) {
    lines.push(format === 'csv' ? csvLine(parseDocument<Receipt>(line, path)) : escapeUnseen(line));
    position += Buffer.byteLength(line) + 1;
    characters += line.length;
    if (characters >= PAGE_CHARACTERS) break;
  }
  const isAtEnd = characters < PAGE_CHARACTERS;
  if (isAtEnd && position < report.totalBytes) throw new DamagedDocumentError(path, 'is cut short');
  const text = lines.map((line) => `${line}\n`).join('');
  return position < report.totalBytes ? { text, nextOffset: position } : { text };
}

/** Takes what is left of the line before; ends the reading when there is anything left of it. */
async function isAtLineEnd(lines: AsyncGenerator<string>): Promise<boolean> {
  const { value } = await lines.next();
  if (value !== '') await lines.return(undefined);
  return value === '';
}

function csvLine(receipt: Receipt): string {
  const fields: Readonly<Record<string, unknown>> = { ...receipt };
  return CSV_COLUMNS.map((column) => csvField(fields[column])).join(',');
}

/** Quoted by RFC 4180 where needed. A text that a spreadsheet would run as a formula gets an apostrophe in front. */
function csvField(value: unknown): string {
  if (value === undefined) return '';
  if (typeof value === 'number') return String(value);
  const seen = escapeUnseen(String(value));
  const text = /^[=+\-@\t\r\n\uff0b\uff0d\uff1d\uff20]/.test(seen) ? `'${seen}` : seen;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
