import { stateService } from '../app/create-bridge.ts';
import { createFederation, type Federation } from '../app/create-federation.ts';
import { createS3ClientOf, openLocation } from '../app/open-stores.ts';
import { stsEndpointOf } from '../clouds/aws-partitions.ts';
import type { Settings } from '../config/settings.ts';
import { createBlobStore } from '../stores/blob/blob-store.ts';
import { isStoreError } from '../sync/store/store-error.ts';
import { checkCredentials, checkTrust, SESSION_NAME } from './checks/check-aws.ts';
import { checkClock } from './checks/check-clock.ts';
import { checkLimits } from './checks/check-limits.ts';
import { checkLocation } from './checks/check-location.ts';
import { checkSettings, type SettingsSource } from './checks/check-settings.ts';
import { checkIdentityAndToken } from './checks/check-token.ts';
import type { Claims } from './checks/claims.ts';
import { type Place, placesOf } from './checks/places.ts';
import { explainError } from './explain/explain-error.ts';
import { createWalk, type Diagnosis, type Report, type Walk, WalkEnded } from './walk.ts';

export interface DoctorOptions extends SettingsSource {
  /** Text of host.json, where there is one. */
  readonly hostFile?: string | undefined;
  /** Also write, read and delete a whole object in each destination; otherwise nothing is written that would be an object. */
  readonly writeProbe?: boolean;
  /** Milliseconds since the epoch. */
  readonly clock?: () => number;
}

/** So few that the answer of the service is known before the time of a check is up. */
const MAX_TRIES = 3;

/** Walks the chain from the settings to the objects, link by link, and stops at the first that is broken. */
export async function diagnose(options: DoctorOptions): Promise<Diagnosis> {
  const { environment, clock = Date.now } = options;
  let claims: Claims | undefined;
  const walk = createWalk((error) => explainError(error, { environment, nowMs: clock(), ...(claims && { claims }) }));
  try {
    const { settings, trust, federation } = await walk.check('settings', (report) => {
      const known = checkSettings(options, report);
      return { ...known, federation: createFederation(known.settings) };
    });
    await walk.check('clock', (report) => checkClock(serviceUrls(settings), clock, report));
    const token = await checkIdentityAndToken(walk, { identity: federation.identity, audience: settings.audience, environment, clock });
    claims = token;
    await walk.check('trust', (report) => checkTrust(trust, token, settings.aws, report));
    const credentials = await walk.check('sts', (report) => {
      report.note({ session: SESSION_NAME, seconds: String(settings.aws.sessionSeconds) });
      return federation.openSession(SESSION_NAME)();
    });
    await walk.check('credentials', (report) => checkCredentials(credentials, settings.aws, report));
    await walk.check('records', (report) => checkRecords(settings, report));
    await checkPlaces(walk, { settings, federation, writeProbe: options.writeProbe ?? false });
    await walk.check('limits', (report) => checkLimits(settings, options.hostFile, report));
  } catch (error) {
    if (!(error instanceof WalkEnded)) throw error;
  }
  return walk.diagnosis();
}

/** The app's own records, in the host's storage account. Their container is made when it is first needed. */
async function checkRecords({ stateStorage, stateContainer }: Settings, report: Report): Promise<void> {
  const store = createBlobStore({ container: stateService(stateStorage, MAX_TRIES).getContainerClient(stateContainer), prefix: '' });
  try {
    await checkLocation(store, { access: 'write', writeProbe: false }, report);
  } catch (error) {
    if (!isStoreError(error, 'not-found')) throw error;
    report.note({ container: 'not there yet: the first run makes it' });
  }
}

interface Reach {
  readonly settings: Settings;
  readonly federation: Federation;
  readonly writeProbe: boolean;
}

async function checkPlaces(walk: Walk, { settings, federation, writeProbe }: Reach): Promise<void> {
  const { storageCredential } = federation.identity;
  for (const place of placesOf(settings)) {
    await walk.check(place.name, (report) => {
      const { requesterPays, ...writing } = place.manner;
      const session = federation.openSession(SESSION_NAME, grantsOf(place, writeProbe));
      const s3Client = () => createS3ClientOf(settings.aws, session, { requesterPays });
      const access = { ...writing, storageCredential, stateStorage: settings.stateStorage, s3Client, maxTries: MAX_TRIES };
      const store = openLocation(place.location, access);
      return checkLocation(store, { access: place.access, writeProbe }, report);
    });
  }
}

/** As narrow as a run's session is. */
function grantsOf({ location, access, manner }: Place, mayDelete: boolean) {
  if (location.kind !== 's3') return [];
  const { bucket, prefix } = location;
  return [access === 'read' ? { bucket, prefix, access } : { bucket, prefix, access, mayDelete, maySetAcl: manner.acl !== undefined }];
}

/** Services that tell the time to whoever asks. */
function serviceUrls(settings: Settings): readonly string[] {
  const { region, stsEndpoint = stsEndpointOf(region) } = settings.aws;
  const accounts = placesOf(settings).flatMap(({ location }) => (location.kind === 'blob' ? [location.accountUrl] : []));
  return [...new Set([stsEndpoint, ...accounts])];
}
