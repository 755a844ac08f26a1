/** Address ranges in CIDR notation, IPv4 and IPv6. */
import { BlockList, isIP } from 'node:net';

/** What keeps a text from being an address range, as a clause; undefined when it is one. */
export function cidrFault(text: string): string | undefined {
  const [address = '', bits, rest] = text.split('/');
  const version = isIP(address);
  if (version === 0) return `${JSON.stringify(address)} is no IP address`;
  if (rest !== undefined) return 'it has two slashes';
  if (bits === undefined) return `it has no prefix length, /${version === 4 ? 32 : 128} for one address`;
  const most = version === 4 ? 32 : 128;
  if (!/^\d+$/.test(bits) || Number(bits) > most) return `the prefix length must be 0 to ${most}`;
  return undefined;
}

/** Whether one range lies within another; both must be valid. */
export function cidrHolds(outer: string, inner: string): boolean {
  const [address = '', bits] = outer.split('/');
  const [start = '', innerBits] = inner.split('/');
  const [family, innerFamily] = [isIP(address), isIP(start)];
  if (family !== innerFamily || Number(innerBits) < Number(bits)) return false;
  const list = new BlockList();
  list.addSubnet(address, Number(bits), family === 4 ? 'ipv4' : 'ipv6');
  return list.check(start, family === 4 ? 'ipv4' : 'ipv6');
}
