const HOST = /^(?:\*\.)?[a-z0-9](?:[-a-z0-9]*[a-z0-9])?(?:\.[a-z0-9](?:[-a-z0-9]*[a-z0-9])?)*$/;
const IPV4 = /^\d+(?:\.\d+){3}$/;
/** Characters that a name of the DNS may have. */
const LONGEST = 253;

/** Whether an Ingress, HTTPRoute or Gateway may have a host: a lower-case DNS name, with or without a wildcard, no address. */
export function isHost(text: string): boolean {
  return text.length <= LONGEST && HOST.test(text) && !IPV4.test(text);
}
