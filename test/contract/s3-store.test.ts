import { startS3Server } from './servers/s3-server.ts';
import { describeStoreContract } from './suite/store-contract.ts';

describeStoreContract({ name: 'S3Store on the AWS stand-in', start: startS3Server });
