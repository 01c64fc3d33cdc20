import { parseArgs } from 'node:util';
import { BUCKET, startClouds } from '../../../local/clouds.ts';
import { startApp } from '../../../local/demo/app-process.ts';
import { startFaultProxy } from '../servers/fault-proxy.ts';

/*
 * A program: both clouds and the built app on one machine, with a slow way to S3. Tells where they are in one line of JSON, and stays up.
 */

const { values } = parseArgs({ options: { app: { type: 'string' }, data: { type: 'string' }, 'delay-ms': { type: 'string' } } });
const { app: appDir = '.', data: dataDir = '.', 'delay-ms': delayMs = '0' } = values;

const clouds = await startClouds({ dataDir });
const proxy = await startFaultProxy();
proxy.forwardTo(clouds.aws.url);
proxy.setFaults(({ method }) => (method === 'PUT' ? { kind: 'delay', milliseconds: Number(delayMs) } : undefined));
const app = await startApp({
  appDir,
  settings: {
    ...clouds.appSettings('federated-app'),
    AWS_ENDPOINT_URL_S3: proxy.url,
    // Azurite is on another port after each start.
    BRIDGE_ALLOWED_LOCATIONS: `s3://${BUCKET} ${clouds.azurite.blobUrl}/samples`,
  },
  port: 0,
  logPath: `${dataDir}/app.log`,
});
const session = clouds.aws.issueSession({ roleArn: clouds.roleArn, expiresInSeconds: 3_600 });
const { azurite, aws } = clouds;
console.log(
  JSON.stringify({
    appUrl: app.url,
    awsUrl: aws.url,
    region: aws.region,
    session,
    blobUrl: azurite.blobUrl,
    connectionString: azurite.connectionString,
  }),
);
