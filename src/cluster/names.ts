/** Where names are looked up: the system's resolver, or name servers of the user's choice. */
import { lookup, Resolver } from 'node:dns/promises';

export interface Names {
  /** All addresses of a host, of these IP families. Rejects with a system error. */
  addresses(host: string, families: readonly (4 | 6)[]): Promise<readonly string[]>;
  /** All places of a service record. Rejects with a system error. */
  services(name: string): Promise<readonly { readonly host: string; readonly port: number }[]>;
}

/** A server that is silent is asked twice. */
const TIMEOUT_MS = 2000;
const TRIES = 2;

/** @param servers `ip:port` of name servers; none: /etc/hosts and DNS, as the system has it */
export function names(servers: readonly string[] = []): Names {
  const resolver = new Resolver({ timeout: TIMEOUT_MS, tries: TRIES });
  if (servers.length > 0) resolver.setServers(servers);
  return {
    addresses: async (host, families) =>
      servers.length > 0 ? ask(resolver, host, families) : askSystem(host, families),
    services: async (name) => {
      const records = await resolver.resolveSrv(name);
      return records.map(({ name: host, port }) => ({ host, port }));
    },
  };
}

async function askSystem(host: string, families: readonly (4 | 6)[]): Promise<string[]> {
  const [only] = families;
  const family = families.length === 1 && only !== undefined ? only : 0;
  return (await lookup(host, { all: true, family })).map(({ address }) => address);
}

/** Rejects only if no family has an answer. */
async function ask(
  resolver: Resolver,
  host: string,
  families: readonly (4 | 6)[],
): Promise<string[]> {
  const answers = await Promise.allSettled(
    families.map(async (family) =>
      family === 4 ? resolver.resolve4(host) : resolver.resolve6(host),
    ),
  );
  const found = answers.flatMap((answer) => (answer.status === 'fulfilled' ? answer.value : []));
  const failed = answers.find((answer) => answer.status === 'rejected');
  if (found.length === 0 && failed !== undefined) throw failed.reason;
  return found;
}
