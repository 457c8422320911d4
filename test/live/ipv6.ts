import { networkInterfaces } from 'node:os';

/** For `need`: whether this machine has `::1`. */
export function hasIpv6(): boolean {
  const all = Object.values(networkInterfaces()).flatMap((addresses) => addresses ?? []);
  return all.some(({ address }) => address === '::1');
}
