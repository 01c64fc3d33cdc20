import type { HttpFunctionOptions, HttpRequest } from '@azure/functions';
import { input } from 'durable-functions';
import type { BridgeOrProblems } from '../../app/bridge.ts';
import { isOver, type RunRecord } from '../../runs/record.ts';
import type { ReportFormat } from '../../runs/report/report.ts';
import { cutText } from '../../text/outside-text.ts';
import { engineOf } from '../durable-engine.ts';
import { existing, runIdOf } from '../http/existing-run.ts';
import { HttpProblem, withBridge } from '../http/problem.ts';
import { baseUrlOf, wholeNumber } from '../http/request.ts';

const CONTENT_TYPES: Readonly<Record<ReportFormat, string>> = { ndjson: 'application/x-ndjson', csv: 'text/csv; charset=utf-8' };

/**
 * `GET /api/runs/{id}/report?format=&offset=`: one receipt a line for each object that was copied, skipped or failed, as NDJSON or CSV. A
 * long report comes in pages: `Link` with `rel="next"` names the next.
 */
export function getReportFunction(source: BridgeOrProblems): HttpFunctionOptions {
  return {
    methods: ['GET'],
    route: 'runs/{id}/report',
    authLevel: 'function',
    extraInputs: [input.durableClient()],
    handler: withBridge(source, async ({ runs, report }, request, context) => {
      const format = formatOf(request);
      const offset = wholeNumber(request, 'offset', { min: 0, max: Number.MAX_SAFE_INTEGER, preset: 0 });
      const record = existing(await runs.find(engineOf(context), runIdOf(request)), request);
      const page = await report(record, format, offset);
      if (page === undefined) throw noReport(record, offset);
      const next = `${baseUrlOf(request)}/runs/${record.id}/report?format=${format}&offset=${page.nextOffset}`;
      return {
        headers: { 'content-type': CONTENT_TYPES[format], ...(page.nextOffset !== undefined && { link: `<${next}>; rel="next"` }) },
        body: page.text,
      };
    }),
  };
}

function formatOf(request: HttpRequest): ReportFormat {
  const format = request.query.get('format');
  if (format === 'csv' || format === 'ndjson') return format;
  if (format !== null)
    throw new HttpProblem(400, {
      detail: `The query parameter "format" must be "ndjson" or "csv", but is ${JSON.stringify(cutText(format, 100))}.`,
    });
  return request.headers.get('accept')?.includes('text/csv') ? 'csv' : 'ndjson';
}

function noReport({ id, state, reportName }: RunRecord, offset: number): HttpProblem {
  if (!isOver(state))
    return new HttpProblem(409, {
      detail: `Run ${id} is still under way; its report is made at its end.`,
      headers: { 'retry-after': '5' },
    });
  if (offset > 0)
    return new HttpProblem(416, {
      detail: `No page of the report of run ${id} begins at byte ${offset}. Use the URL in the Link header of the page before.`,
    });
  if (reportName !== undefined)
    return new HttpProblem(404, {
      detail: `The report of run ${id} is gone from the state container. Restore runs/${id}/${reportName} there.`,
    });
  return new HttpProblem(404, { detail: `Run ${id} ended without a report: nothing carried it to its end. Start it again.` });
}
