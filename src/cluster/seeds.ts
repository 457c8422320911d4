import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import { PORT_DEFAULT, type Resolution } from '../api/index.ts';
import type { Address } from '../core/index.ts';
import { formatAddress, parseHostPort } from '../wire/index.ts';

/** Finds the addresses of host names: all of a family. Rejects with a system error. */
export type Lookup = (host: string, family: 4 | 6) => Promise<readonly string[]>;

/** The system's own: /etc/hosts, then DNS. */
export const systemLookup: Lookup = async (host, family) => {
  const found = await lookup(host, { all: true, family });
  return found.map(({ address }) => address);
};

/** The addresses of seeds as people write them; a host name becomes all that it resolves to. */
export async function resolveSeeds(
  seeds: readonly string[],
  family: 4 | 6,
  find: Lookup = systemLookup,
): Promise<Resolution> {
  const addresses = new Set<Address>();
  const unresolved: { seed: string; why: string }[] = [];
  await Promise.all(
    seeds.map(async (seed) => {
      const found = await resolve(seed, family, find);
      if (typeof found === 'string') unresolved.push({ seed, why: found });
      else for (const address of found) addresses.add(address);
    }),
  );
  return { addresses: [...addresses], unresolved };
}

/** The addresses of one seed, or why it has none. */
async function resolve(seed: string, family: 4 | 6, find: Lookup): Promise<Address[] | string> {
  const parts = parseHostPort(seed, PORT_DEFAULT);
  if (parts === undefined || parts.port === 0) return 'is no host:port';
  const { host, port } = parts;
  try {
    const hosts = isIP(host) === 0 ? await find(host, family) : [host];
    const addresses = hosts.flatMap((ip) => formatAddress(ip, port) ?? []);
    return addresses.length > 0 ? addresses : `has no IPv${family} address`;
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? String(error);
    return `cannot be resolved (${code})`;
  }
}
