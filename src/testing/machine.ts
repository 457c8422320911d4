/**
 * A machine of a simulated world: an IP address, a host name, a disk, and at most one process with
 * its nodes. To programs, 127.0.0.1 and 0.0.0.0 are the machine itself, as they are live.
 */
import type { HearsayHost, LifeStart } from '../api/index.ts';
import { HearsayError, type Address } from '../core/index.ts';
import { formatAddress, isLoopback, portOf, type HostPort } from '../wire/index.ts';
import type { NodeOptions } from './node-options.ts';
import type { ProgramRun } from './program-run.ts';
import { SimulatedHost, type HearsaySimHost } from './simulated-host.ts';

/** Where Linux begins to hand out ports to who asks for any. */
const PORT_ANY = 32_768;

/** A place for one node on the machine, for as long as the world stands. */
interface Slot {
  readonly host: HearsaySimHost;
  /** Where it keeps what it saves; undefined: nowhere. */
  dataDir: string | undefined;
  /** Whose that is. */
  owner: string;
  /** Ended by a crash: its last record may be cut. */
  isTorn: boolean;
  life: SimulatedHost | undefined;
}

export class Machine {
  readonly name: string;
  #ip: string;
  readonly #add: (node: string) => HearsaySimHost;
  readonly #slots: Slot[] = [];
  #portsGiven = 0;

  /** `add` puts another node, without a life yet, on this machine. */
  constructor(name: string, ip: string, add: (node: string) => HearsaySimHost) {
    this.name = name;
    this.#ip = ip;
    this.#add = add;
    this.#addSlot(); // Faults can then touch a machine on which no node runs yet.
  }

  get ip(): string {
    return this.#ip;
  }

  /** Its nodes, by the simulator's names for them. */
  get nodes(): readonly string[] {
    return this.#slots.map(({ host }) => host.name);
  }

  /** Where its nodes live, or lived last. */
  get addresses(): readonly (readonly [node: string, address: Address])[] {
    return this.#slots.map(({ host }) => [host.name, host.address] as const);
  }

  moveTo(ip: string): void {
    this.#ip = ip;
  }

  /** Opens a node for a program that runs here. */
  open(run: ProgramRun, options: NodeOptions, life: LifeStart): HearsayHost {
    const address = this.#addressFor(options);
    const own = this.#ownSlot(options);
    const slot = own ?? this.#freeSlot();
    slot.life?.detach();
    slot.host.bear({
      config: { ...options.config, ...life },
      member: options.name,
      cluster: options.cluster,
      address,
      saved: own === undefined ? 'wiped' : own.isTorn ? 'torn' : 'kept',
    });
    slot.dataDir = options.given.dataDir;
    slot.owner = ownerOf(options);
    slot.isTorn = false;
    slot.life = new SimulatedHost(slot.host, run);
    return slot.life;
  }

  /** Its process has crashed: the disk stays. */
  crashed(): void {
    for (const slot of this.#slots) {
      slot.life?.detach();
      slot.life = undefined;
      slot.isTorn = true;
    }
  }

  /** The disk is new. */
  wipe(): void {
    for (const slot of this.#slots) slot.dataDir = undefined;
  }

  #addressFor({ bind, advertise }: NodeOptions): Address {
    const { host, port } = bind;
    const isOwn = isLoopback(host) || ANY_HOST.has(host) || host === this.#ip;
    if (!isOwn) {
      const text = `bind: machine "${this.name}" has ${this.#ip}, not ${host}`;
      throw new HearsayError('ADDRESS_UNAVAILABLE', text);
    }
    const taken = this.#slots.filter(({ host }) => host.isUp).map(({ host }) => host.address);
    const address = this.#address({ host: this.#ip, port: port === 0 ? this.#anyPort() : port });
    if (taken.includes(address)) {
      throw new HearsayError('PORT_IN_USE', `bind: another node listens on ${address}`);
    }
    if (advertise === undefined) return address;
    const there = { host: advertise.host, port: advertise.port || portOf(address) };
    return formatAddress(there.host, there.port) ?? this.#address({ ...there, host: this.#ip });
  }

  #address({ host, port }: HostPort): Address {
    return formatAddress(host, port) as Address; // Its parts were checked.
  }

  #anyPort(): number {
    return PORT_ANY + this.#portsGiven++;
  }

  /** The one that has its data directory. */
  #ownSlot({ given: { dataDir }, name, cluster }: NodeOptions): Slot | undefined {
    if (dataDir === undefined) return undefined;
    const own = this.#slots.find((slot) => slot.dataDir === dataDir);
    if (own?.host.isUp === true) {
      throw new HearsayError('DATA_DIR_TAKEN', `dataDir: another node uses ${dataDir}`);
    }
    if (own !== undefined && own.owner !== ownerOf({ name, cluster })) {
      throw new HearsayError('DATA_DIR_FOREIGN', `dataDir: ${dataDir} belongs to ${own.owner}`);
    }
    return own;
  }

  #freeSlot(): Slot {
    const free = this.#slots.find((slot) => !slot.host.isUp && slot.dataDir === undefined);
    return free ?? this.#addSlot();
  }

  #addSlot(): Slot {
    const number = this.#slots.length + 1;
    const host = this.#add(number === 1 ? this.name : `${this.name}/${number}`);
    const slot: Slot = { host, dataDir: undefined, owner: '', isTorn: false, life: undefined };
    this.#slots.push(slot);
    return slot;
  }
}

function ownerOf({ name, cluster }: Pick<NodeOptions, 'name' | 'cluster'>): string {
  return `${name} of ${cluster}`;
}

const ANY_HOST: ReadonlySet<string> = new Set(['0.0.0.0', '::']);
