import type { HttpFunctionOptions } from '@azure/functions';
import { renderDiagnosis } from '../../doctor/render.ts';
import type { Diagnosis } from '../../doctor/walk.ts';

/** `GET /api/doctor`: walks the chain from the settings to the objects. 200 when it holds, 503 when a link is broken; text, or JSON by `Accept`. */
export function doctorFunction(diagnose: () => Promise<Diagnosis>): HttpFunctionOptions {
  return {
    methods: ['GET'],
    route: 'doctor',
    authLevel: 'function',
    handler: async (request) => {
      const diagnosis = await diagnose();
      const status = diagnosis.healthy ? 200 : 503;
      if (request.headers.get('accept')?.includes('application/json')) return { status, jsonBody: diagnosis };
      return { status, headers: { 'content-type': 'text/plain; charset=utf-8' }, body: renderDiagnosis(diagnosis) };
    },
  };
}
