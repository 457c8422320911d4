/** What seeds as people write them stand for: all addresses of a name, a service or a file. */
import { readFile } from 'node:fs/promises';
import { isIP } from 'node:net';
import type { Resolution } from '../api/index.ts';
import type { Address } from '../core/index.ts';
import { familyOf, formatAddress, streamed } from '../wire/index.ts';
import type { Names } from './names.ts';
import { parseSeed, type Seed } from './seed.ts';

/** The seeds of a node, and what each of them meant when it was last asked. */
export class Seeds {
  readonly #options: SeedsOptions;
  readonly #known = new Map<string, readonly Address[]>();

  constructor(options: SeedsOptions) {
    this.#options = options;
  }

  /** Asks for all at once. What cannot be resolved stands for what it last stood for. */
  async resolve(seeds: readonly string[]): Promise<Resolution> {
    const unresolved: { seed: string; why: string }[] = [];
    const addresses = new Set<Address>();
    await Promise.all(
      seeds.map(async (seed) => {
        const { why } = await this.resolveOne(seed);
        for (const address of this.known([seed])) addresses.add(address);
        if (why !== undefined) unresolved.push({ seed, why });
      }),
    );
    return { addresses: [...addresses], unresolved };
  }

  /** Never rejects. */
  async resolveOne(seed: string): Promise<SeedResult> {
    const result = await resolveSeed(seed, this.#options);
    if (result.addresses.length > 0) this.#known.set(seed, result.addresses);
    return result;
  }

  /** What these meant when they last meant anything. */
  known(seeds: readonly string[]): Address[] {
    return [...new Set(seeds.flatMap((seed) => this.#known.get(seed) ?? []))];
  }
}

export interface SeedsOptions {
  readonly names: Names;
  /** Of this node's sockets: other addresses are of no use. */
  readonly families: readonly (4 | 6)[];
}

/** What became of one seed: `why` it has no address, or not all of them. */
export interface SeedResult {
  readonly addresses: readonly Address[];
  readonly why?: string | undefined;
}

async function resolveSeed(text: string, options: SeedsOptions): Promise<SeedResult> {
  const seed = parseSeed(text);
  if (seed === undefined) return { addresses: [], why: 'is no host:port' };
  try {
    if (seed.type === 'file') return await resolveFile(seed.path, options);
    const addresses = await resolve(seed, options);
    return addresses.length > 0 ? { addresses } : { addresses, why: noAddress(options) };
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? String(error);
    return { addresses: [], why: `cannot be resolved (${code})` };
  }
}

function noAddress({ families }: SeedsOptions): string {
  return `has no ${families.map((family) => `IPv${family}`).join(' or ')} address`;
}

async function resolve(
  seed: Exclude<Seed, { type: 'file' }>,
  options: SeedsOptions,
): Promise<Address[]> {
  if (seed.type === 'service') {
    const services = await options.names.services(seed.name);
    const all = await Promise.allSettled(
      services.map(async ({ host, port }) => placesOf(host, port, options)),
    );
    const found = all.flatMap((one) => (one.status === 'fulfilled' ? one.value : []));
    const failed = all.find((one) => one.status === 'rejected');
    if (found.length === 0 && failed !== undefined) throw failed.reason;
    return found;
  }
  const places = await placesOf(seed.host, seed.port, options);
  return seed.isStreamed ? places.map(streamed) : places;
}

async function placesOf(
  host: string,
  port: number,
  { families, names }: SeedsOptions,
): Promise<Address[]> {
  const ips = isIP(host) === 0 ? await names.addresses(host, families) : [host];
  return ips
    .flatMap((ip) => formatAddress(ip, port) ?? [])
    .filter((address) => families.includes(familyOf(address)));
}

/** A seed on each line; a file names no other file. */
async function resolveFile(path: string, options: SeedsOptions): Promise<SeedResult> {
  const text = await readFile(path, 'utf8');
  const lines = text
    .slice(0, FILE_CHARACTERS_MAX)
    .split('\n')
    .map((line) => line.replace(/#.*/, '').trim())
    .filter((line) => line !== '' && parseSeed(line)?.type !== 'file');
  const { addresses, unresolved } = await new Seeds(options).resolve(lines);
  const parts = unresolved.map(({ seed, why }) => `${seed} ${why}`);
  if (lines.length === 0) parts.push('names no seed');
  return { addresses, why: parts.length === 0 ? undefined : parts.join(', ') };
}

/** Thousands of seeds; a list that is longer is a mistake. */
const FILE_CHARACTERS_MAX = 256 * 1024;
