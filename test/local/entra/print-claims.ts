import { ClientSecretCredential } from '@azure/identity';

/** Run in a process of its own: signs in to the authority of the environment and prints who the token is for. */
const { AZURE_TENANT_ID = '', AZURE_CLIENT_ID = '', AZURE_CLIENT_SECRET = '', SCOPE = '' } = process.env;
const credential = new ClientSecretCredential(AZURE_TENANT_ID, AZURE_CLIENT_ID, AZURE_CLIENT_SECRET, { disableInstanceDiscovery: true });
const { token } = await credential.getToken(SCOPE);
console.log(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString());
