// Adds up what the steps of .ci/run left: <step>.json by Vitest, <step>.status with the exit status. Prints one line: N passed, N failed.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const folder = process.argv[2];
let passed = 0;
let failed = 0;

for (const file of readdirSync(folder).filter((name) => name.endsWith('.status'))) {
  const step = file.slice(0, -'.status'.length);
  const succeeded = readFileSync(join(folder, file), 'utf8') === '0';
  const result = join(folder, `${step}.json`);
  const report = existsSync(result) ? JSON.parse(readFileSync(result, 'utf8')) : undefined;
  const { numPassedTests = succeeded ? 1 : 0, numFailedTests = 0 } = report ?? {};
  passed += numPassedTests;
  // A runner that fails although no test did (a file that does not load, say) counts as one failure.
  failed += numFailedTests > 0 || succeeded ? numFailedTests : 1;
  if (!succeeded) console.log(`failed: ${step}`);
}

console.log(`${passed} passed, ${failed} failed`);
process.exit(failed === 0 ? 0 : 1);
