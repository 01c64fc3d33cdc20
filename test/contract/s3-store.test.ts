import { startS3Server } from './s3-server.ts';
import { describeStoreContract } from './store-contract.ts';

describeStoreContract({ name: 'S3Store on the AWS stand-in', start: startS3Server });
