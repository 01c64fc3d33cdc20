import { SignatureV4 } from '@smithy/signature-v4';
import { NodeSha256 } from '../support/node-sha256.ts';

interface IamOptions {
  readonly endpoint: string;
  readonly region: string;
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
}

type CallIam = (action: string, parameters: Readonly<Record<string, string>>) => Promise<void>;

/** What calls IAM: a signed form for each action. Throws with IAM's words when it is refused. */
export function createIamCaller({ endpoint, region, credentials }: IamOptions): CallIam {
  const signer = new SignatureV4({ service: 'iam', region, credentials, sha256: NodeSha256 });
  const { protocol, host } = new URL(endpoint);
  return async (action, parameters) => {
    const body = new URLSearchParams({ Action: action, Version: '2010-05-08', ...parameters }).toString();
    const headers = { host, 'content-type': 'application/x-www-form-urlencoded' };
    const signed = await signer.sign({ method: 'POST', protocol, hostname: host, path: '/', headers, body });
    const answer = await fetch(endpoint, { method: 'POST', headers: signed.headers, body });
    if (!answer.ok) throw new Error(`IAM refused ${action} (${answer.status}): ${await answer.text()}`);
  };
}
