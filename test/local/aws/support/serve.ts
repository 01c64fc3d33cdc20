import { startTestAws } from './setup.ts';

// A stand-in in a process of its own, for tests that kill it: node serve.ts DATA_FOLDER
const test = await startTestAws({ dataDir: process.argv[2] ?? '' });
test.aws.createBucket('bucket');
console.log(JSON.stringify({ url: test.aws.url, region: test.aws.region, credentials: test.credentials }));
