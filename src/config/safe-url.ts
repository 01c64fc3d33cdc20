/** Rule for URLs that receive a token, a key or a signature. */
export const SAFE_URL_RULE = 'must be an https:// URL without user, password, query or fragment (http:// on this machine alone)';

const LOOPBACK_HOST = /^(?:localhost|127\.\d+\.\d+\.\d+|\[::1\])$/;

/** Whether a URL's host is this machine. */
export function isLoopback(hostname: string): boolean {
  return LOOPBACK_HOST.test(hostname);
}

/** Whether nobody on the way can read what is sent to a URL: https, or this machine. */
export function isProtected({ protocol, hostname }: URL): boolean {
  return protocol === 'https:' || (protocol === 'http:' && isLoopback(hostname));
}

/** Tells a URL as {@link SAFE_URL_RULE} says. */
export function isSafeUrl(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const url = new URL(text);
  return isProtected(url) && !/[?#]/.test(text) && url.username === '' && url.password === '';
}
