import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type AwsStandIn, startAwsStandIn } from './aws/server.ts';
import { type Azurite, startAzurite } from './azurite.ts';
import { deployTrust, type TrustOutputs } from './cloudformation/deploy-trust.ts';
import { type EntraStandIn, startEntraStandIn } from './entra/server.ts';
import { isFree, usualPort } from './free-port.ts';
import { AUDIENCE, type IdentityMode, registerIdentities, TENANT_ID, TRUSTED_SUBJECTS } from './identities.ts';

const AWS_PORT = 4566;
const AZURITE_PORTS = { blob: 10_000, queue: 10_001, table: 10_002 };

/** The one bucket that the bridge's role may use. */
export const BUCKET = 'keyless-samples';

/** What our CloudFormation template is given. */
const TRUST = {
  TenantId: TENANT_ID,
  Audience: AUDIENCE,
  Subjects: TRUSTED_SUBJECTS.join(),
  ReadBucket: BUCKET,
  WriteBucket: BUCKET,
  CreateWriteBucket: 'true',
  AllowDelete: 'true',
  AllowTags: 'true',
  AllowAcl: 'true',
  AllowRestore: 'true',
  MaxSessionSeconds: '43200',
};

export interface CloudsOptions {
  /** Where objects and keys are kept. */
  readonly dataDir: string;
  /** Take the ports that people expect, where they are free; any free ones otherwise. */
  readonly usualPorts?: boolean;
}

/** Both clouds on one machine: Azurite for Blob Storage, stand-ins for Entra ID and for S3, IAM and STS, and the trust between them. */
export interface Clouds {
  readonly azurite: Azurite;
  readonly aws: AwsStandIn;
  readonly entra: EntraStandIn;
  readonly roleArn: string;
  /** All settings that the app needs to work with them. */
  appSettings(mode: IdentityMode): Record<string, string>;
  stop(): Promise<void>;
}

export async function startClouds({ dataDir, usualPorts = false }: CloudsOptions): Promise<Clouds> {
  await mkdir(join(dataDir, 'entra'), { recursive: true, mode: 0o700 });
  // Nobody else on this machine gets at what is below, however the parts make their files.
  await chmod(dataDir, 0o700);
  const [azurite, entra] = await Promise.all([
    startAzuriteOn(join(dataDir, 'azurite'), usualPorts && (await azuritePortsAreFree())),
    startEntraStandIn({ tenantId: TENANT_ID, dataDir: join(dataDir, 'entra') }),
  ]);
  const aws = await startAwsStandIn({
    port: usualPorts ? await usualPort(AWS_PORT) : 0,
    dataDir: join(dataDir, 'aws'),
    trustedCaPem: entra.caPem,
    issuerLocations: { [entra.issuer]: entra.discoveryBase },
  });
  const trust = deployTrust(aws, TRUST);
  const appSettings = await createAppSettings({ azurite, aws, entra, trust, dataDir });
  return {
    azurite,
    aws,
    entra,
    roleArn: trust.roleArn,
    appSettings,
    async stop() {
      await Promise.all([azurite.stop(), aws.stop(), entra.stop()]);
    },
  };
}

async function startAzuriteOn(dataDir: string, usualPorts: boolean): Promise<Azurite> {
  if (!usualPorts) return startAzurite({ dataDir });
  try {
    return await startAzurite({ dataDir, ports: AZURITE_PORTS });
  } catch (error) {
    // Somebody took one of them meanwhile.
    if (error instanceof Error && error.message.includes('EADDRINUSE')) return startAzurite({ dataDir });
    throw error;
  }
}

async function azuritePortsAreFree(): Promise<boolean> {
  return (await Promise.all(Object.values(AZURITE_PORTS).map(isFree))).every((free) => free);
}

interface Parts extends Pick<Clouds, 'azurite' | 'aws' | 'entra'> {
  readonly trust: TrustOutputs;
  readonly dataDir: string;
}

async function createAppSettings({ azurite, aws, entra, trust, dataDir }: Parts): Promise<Clouds['appSettings']> {
  const identities = await registerIdentities(entra);
  const certificatePath = join(dataDir, 'entra', 'app-certificate.pem');
  const authorityCaPath = join(dataDir, 'entra', 'authority-ca.pem');
  await writeFile(certificatePath, identities.certificatePem, { mode: 0o600 });
  await writeFile(authorityCaPath, entra.caPem);
  return (mode) => ({
    AzureWebJobsStorage: azurite.connectionString,
    BRIDGE_AUDIENCE: trust.audience,
    ...identities.settingsFor(mode, certificatePath),
    IDENTITY_ENDPOINT: entra.identityEndpoint,
    IDENTITY_HEADER: entra.identityHeader,
    AZURE_AUTHORITY_HOST: entra.authorityHost,
    BRIDGE_DISABLE_INSTANCE_DISCOVERY: 'true',
    NODE_EXTRA_CA_CERTS: authorityCaPath,
    AWS_ROLE_ARN: trust.roleArn,
    AWS_REGION: trust.region,
    AWS_ENDPOINT_URL_S3: aws.url,
    AWS_ENDPOINT_URL_STS: aws.url,
    BRIDGE_S3_FORCE_PATH_STYLE: 'true',
  });
}
