import { writeFileSync } from 'node:fs';
import { jobsSchema } from '../src/config/jobs/jobs-schema.ts';

/*
 * npm run schema: writes jobs.schema.json, which editors complete jobs.json by.
 */

writeFileSync(new URL('../jobs.schema.json', import.meta.url), `${JSON.stringify(jobsSchema(), undefined, 2)}\n`);
