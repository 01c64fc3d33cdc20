import type { Failures } from '../explain/evidence.ts';
import { said } from './signs.ts';

/** The way to the services. Often a sign beside that of the real cause, so that all are broad. */
export const NETWORK_FAILURES = {
  'storage-name-not-found': {
    link: 'network',
    symptom: 'the name of the storage account cannot be resolved',
    cause:
      'There is no storage account of that name (or it was deleted), the cloud is another (core.usgovcloudapi.net, core.chinacloudapi.cn), or a private DNS zone lacks its record.',
    fix: 'az storage account show --name <account>. With private endpoints link the zone privatelink.blob.core.windows.net to the network of the app, with an A record for the account.',
    isSeenIn: said(
      /(?:ENOTFOUND|EAI_AGAIN|No such host is known|Name or service not known|could not be resolved|nodename nor servname).{0,120}\.core\.(?:windows|usgovcloudapi|chinacloudapi|cloudapi)\b|\.core\.(?:windows|usgovcloudapi|chinacloudapi|cloudapi)\b.{0,140}(?:ENOTFOUND|EAI_AGAIN|No such host|Name or service not known|could not be resolved)/i,
    ),
    rank: 'broad',
  },
  'sts-unavailable': {
    link: 'network',
    symptom: 'AWS STS cannot be reached',
    cause: 'The name of the endpoint does not exist (a wrong AWS_REGION), or the network of the app has no way to it.',
    fix: 'Check AWS_REGION and AWS_ENDPOINT_URL_STS. An app in a network needs a NAT gateway or another way to sts.<region>.amazonaws.com.',
    isSeenIn: said(
      /(?:ENOTFOUND|EAI_AGAIN|ECONN\w+|ETIMEDOUT|timed? ?out|Could not connect).{0,120}\bsts\.[\w.-]{0,60}amazonaws\.com|\bsts\.[\w.-]{0,60}amazonaws\.com.{0,80}(?:ENOTFOUND|EAI_AGAIN|ECONN\w+|ETIMEDOUT|timed? ?out)/i,
    ),
    rank: 'broad',
  },
  's3-name-not-found': {
    link: 'network',
    symptom: 'the host name of the bucket cannot be resolved',
    cause: 'AWS_REGION does not exist, the name of the bucket is no host name, or a server other than AWS has no names for its buckets.',
    fix: 'Check AWS_REGION and AWS_ENDPOINT_URL_S3; set BRIDGE_S3_FORCE_PATH_STYLE=true for a server without a host name for each bucket.',
    isSeenIn: said(
      /(?:ENOTFOUND|EAI_AGAIN|could not be resolved|Could not connect to the endpoint URL).{0,160}(?:s3[.-][\w.-]{0,60}|\bs3\.)/i,
    ),
    rank: 'broad',
  },
  'certificate-not-trusted': {
    link: 'network',
    symptom: 'self-signed certificate, unable to get local issuer certificate, certificate has expired',
    cause:
      'The server shows a certificate of an authority that Node does not know: a private one, a proxy that opens TLS, or an expired one.',
    fix: 'Put the certificate of the authority into a PEM file and set NODE_EXTRA_CA_CERTS to its path (for az REQUESTS_CA_BUNDLE, for aws AWS_CA_BUNDLE, for curl CURL_CA_BUNDLE). Do not set NODE_TLS_REJECT_UNAUTHORIZED=0: tokens could be read on the way.',
    isSeenIn: said(
      /SELF_SIGNED_CERT_IN_CHAIN|UNABLE_TO_VERIFY_LEAF_SIGNATURE|DEPTH_ZERO_SELF_SIGNED_CERT|UNABLE_TO_GET_ISSUER_CERT\w*|CERT_HAS_EXPIRED|self[- ]signed certificate|unable to (?:get local issuer|verify the first) certificate|certificate has expired|CERTIFICATE_VERIFY_FAILED|RemoteCertificate(?:NameMismatch|ChainErrors)|SSL connection could not be established/i,
    ),
  },
  'certificate-other-name': {
    link: 'network',
    symptom: "the host name does not match the certificate's names",
    cause: 'The endpoint is reached under a name (or an address) that its certificate does not have.',
    fix: 'Use a name of the certificate in the endpoint, or BRIDGE_S3_FORCE_PATH_STYLE=true where the bucket is part of the name.',
    isSeenIn: said(/ERR_TLS_CERT_ALTNAME_INVALID|does not match certificate's altnames/i),
    rank: 'broad',
  },
  'tls-refused': {
    link: 'network',
    symptom: 'TLS handshake failure, wrong version number or unsupported protocol (EPROTO, ERR_SSL_…)',
    cause:
      'Something other than a TLS server of today answers: plain HTTP on that port, a proxy, or a server that knows only TLS 1.0 or 1.1.',
    fix: 'Check the scheme and port of the endpoint and HTTPS_PROXY (a proxy is usually http://host:port); let the server take TLS 1.2 or later.',
    isSeenIn: said(
      /\bEPROTO\b|wrong version number|unsupported protocol|ERR_SSL_\w+|handshake failure|(?:SSL|TLS) ?(?:alert|handshake) .{0,40}(?:fail|error)|TlsVersionNotPermitted/i,
    ),
  },
  'proxy-refused': {
    link: 'network',
    symptom: '407 Proxy Authentication Required, or the tunnel through the proxy failed',
    cause: 'HTTPS_PROXY names a proxy that wants credentials or does not permit the host.',
    fix: 'Correct HTTPS_PROXY, or put the hosts into NO_PROXY: login.microsoftonline.com, *.core.windows.net, *.amazonaws.com, and 169.254.169.254 always.',
    isSeenIn: said(
      /\b407\b.{0,40}Proxy|Proxy.{0,40}\b407\b|CONNECT tunnel failed|Proxy Authentication Required|tunneling socket could not be established|ProxyError/i,
    ),
  },
  'name-not-found': {
    link: 'network',
    symptom: 'a host name cannot be resolved (ENOTFOUND, EAI_AGAIN)',
    cause: 'The name is mistyped, or the DNS that the app uses does not know it: private DNS zones, a custom DNS server of the network.',
    fix: 'Resolve the name from where the app runs (Functions: Kudu or SSH console, nameresolver or nslookup), and correct the endpoint or the DNS.',
    isSeenIn: said(
      /\bENOTFOUND\b|\bEAI_AGAIN\b|No such host is known|Name or service not known|Could not resolve host|Temporary failure in name resolution/i,
    ),
    rank: 'broad',
  },
  'connection-refused': {
    link: 'network',
    symptom: 'connection refused (ECONNREFUSED)',
    cause: 'Nothing listens there: the server does not run, or host or port are wrong.',
    fix: 'Start the server, or correct the endpoint (AWS_ENDPOINT_URL_S3, AWS_ENDPOINT_URL_STS, AZURE_AUTHORITY_HOST, AzureWebJobsStorage).',
    isSeenIn: said(/\bECONNREFUSED\b|Connection refused|actively refused/i),
    rank: 'broad',
  },
  'connection-lost': {
    link: 'network',
    symptom: 'connection reset, timed out or closed (ECONNRESET, ETIMEDOUT, EPIPE, socket hang up)',
    cause:
      'The network dropped the connection: a passing failure, an idle limit of a NAT or firewall, ports used up, or a firewall that does not answer.',
    fix: 'Start the run again; it continues. If it stays, check outbound rules and NAT of the network of the app, and lower options.lanes.',
    isSeenIn: said(
      /\bECONNRESET\b|\bETIMEDOUT\b|\bEPIPE\b|socket hang up|UND_ERR_\w+|ECONNABORTED|ESOCKETTIMEDOUT|ENETUNREACH|EHOSTUNREACH|forcibly closed by the remote host|Connection timed out/i,
    ),
    rank: 'broad',
  },
} as const satisfies Failures;
