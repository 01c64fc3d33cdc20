import { describeStoreContract } from '../contract/suite/store-contract.ts';
import { RADOSGW_DEVIATIONS } from './deviations.ts';
import { startRadosgwStores } from './stores.ts';

describeStoreContract({ name: 'S3Store on radosgw', start: startRadosgwStores, deviations: RADOSGW_DEVIATIONS });
