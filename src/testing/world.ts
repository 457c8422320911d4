import type { Program } from '../api/index.ts';
import { UsageError, type Address } from '../core/index.ts';
import {
  hearsay,
  type HearsayConfig,
  type HearsayEvent,
  type HearsayMessage,
  type HearsayProtocol,
  type HearsayShared,
} from '../designs/hearsay/index.ts';
import {
  addressOf,
  RunError,
  Simulation,
  type Checker,
  type Fault,
  type NetworkModel,
  type Restart,
  type WatchOptions,
} from '../sim/index.ts';
import { formatAddress, ipOf, parseAddress, portOf } from '../wire/index.ts';
import { Driver } from './driver.ts';
import { FaultMethods } from './fault-methods.ts';
import { Journal, type LogLine } from './journal.ts';
import { Machine } from './machine.ts';
import { SimulatedProcess, type Process, type StartOptions } from './simulated-process.ts';
import { WorldError, type Standing, type TimedFault } from './world-error.ts';

export interface WorldOptions {
  /** 0 … 2^53 − 1: equal seeds and equal programs give equal runs. Default 1. */
  readonly seed?: number;
  /** Where it says nothing: a local network, 0.2 to 2 ms each way, nothing lost. */
  readonly network?: Partial<NetworkModel>;
  /**
   * What goes wrong when, in milliseconds after the start. A function is asked when time first
   * moves, and told the names of the processes started by then.
   */
  readonly faults?:
    | readonly TimedFault[]
    | ((processes: readonly string[]) => readonly TimedFault[]);
}

type HearsaySimulation = Simulation<
  HearsayConfig,
  HearsayMessage,
  HearsayEvent,
  HearsayShared,
  HearsayProtocol
>;

interface Invariant {
  readonly name: string;
  readonly holds: () => unknown;
}

/** Two machines of one rack. */
const NETWORK: NetworkModel = { latency: { type: 'uniform', minMs: 0.2, maxMs: 2 } };

/** How long `until` waits unless told: longer than any healthy convergence. */
const WAIT_MS_MAX = 600_000;

/**
 * A world of machines, a network and a clock, in which programs run as they do live.
 *
 * Time moves only inside `await world.run(ms)` and `await world.until(…)`, and as fast as the
 * machine computes. Whatever happens depends on the seed and on the programs alone.
 */
export class World extends FaultMethods {
  readonly #simulation: HearsaySimulation;
  readonly #driver: Driver;
  readonly #journal: Journal;
  readonly #processes = new Map<string, SimulatedProcess>();
  readonly #invariants: Invariant[] = [];
  readonly #past: TimedFault[] = [];
  /** Until time first moves. */
  #plan: ((processes: readonly string[]) => readonly TimedFault[]) | undefined;
  #failure: Error | undefined;

  constructor({ seed = 1, network, faults = [] }: WorldOptions = {}) {
    super();
    this.#simulation = new Simulation({
      design: hearsay,
      seed,
      network: { ...NETWORK, ...network },
    });
    this.#journal = new Journal(() => this.elapsedMs);
    this.#driver = new Driver(this.#simulation, () => this.#look());
    this.#plan = typeof faults === 'function' ? faults : () => faults;
  }

  get seed(): number {
    return this.#simulation.seed;
  }

  /** Milliseconds since the world's start. */
  get elapsedMs(): number {
    return this.#simulation.elapsedMs;
  }

  /** What all processes have logged, in order. */
  get log(): readonly LogLine[] {
    return this.#journal.lines;
  }

  /** All processes, in the order they were started. */
  get processes(): readonly Process[] {
    return [...this.#processes.values()];
  }

  /** The faults that have happened so far. */
  get faults(): readonly TimedFault[] {
    return this.#past;
  }

  /** 24 hexadecimal digits over everything so far: two runs with one trace did the same. */
  trace(): string {
    return this.#simulation.traceHash + this.#journal.hash;
  }

  /** For a message: how the world stands now. */
  standing(): Standing {
    const { seed, elapsedMs, faults, log } = this;
    return { seed, elapsedMs, trace: this.trace(), faults, log };
  }

  /**
   * Starts a program on a new machine, which others reach by `name`, as a host name, or by its IP
   * address. The program is called as soon as time moves, and again at every restart.
   */
  start(name: string, program: Program, options: StartOptions = {}): Process {
    if (this.#processes.has(name)) bad(`there is a process "${name}" already`);
    const ip = ipOf(addressOf(this.#processes.size));
    const zone = options.zone === undefined ? {} : { zone: options.zone };
    const machine = new Machine(name, ip, (node) => {
      const nothing = { name: node } as HearsayConfig; // It has no life yet, and so no config.
      return this.#simulation.add(node, nothing, { idle: true, ...zone });
    });
    const process = new SimulatedProcess(machine, program, options, {
      seed: this.seed,
      clock: this.#simulation,
      driver: this.#driver,
      journal: this.#journal,
      findHost: (host) => this.#processes.get(host)?.ip,
      failed: (what, error) => {
        this.#failure ??= this.#error(`${what} has thrown`, error);
      },
      exited: (by, restartAfterMs) => {
        this.crash(by);
        this.#simulation.after(restartAfterMs, () => {
          if (process.state === 'down') this.restart(by);
        });
      },
    });
    this.#processes.set(name, process);
    process.start();
    return process;
  }

  /** Lets so much time pass. Rejects with a WorldError as soon as something is wrong. */
  async run(ms: number): Promise<void> {
    await this.#advance(() => false, ms);
  }

  /**
   * Lets time pass until a condition holds, which is looked at after every event, or until a
   * promise settles, and gives its value. Rejects with a WorldError after `maxMs`, ten minutes
   * unless told.
   */
  async until(condition: () => boolean, maxMs?: number): Promise<void>;
  async until<T>(promise: Promise<T>, maxMs?: number): Promise<T>;
  async until<T>(what: (() => boolean) | Promise<T>, maxMs = WAIT_MS_MAX): Promise<T | void> {
    if (typeof what === 'function') {
      if (await this.#advance(what, maxMs)) return;
      throw this.#error(`not within ${maxMs / 1000} s: ${String(what)}`);
    }
    let isSettled = false;
    const settle = (): void => {
      isSettled = true;
    };
    const settled = this.#advance(() => isSettled, maxMs); // Time moves from here on.
    what.then(settle, settle);
    if (await settled) return what;
    throw this.#error(`the promise has not settled within ${maxMs / 1000} s`);
  }

  /** Runs something at a time after the start: a fault, a command, a look at things. */
  at(atMs: number, run: () => void): void {
    this.#simulation.at(atMs, () => {
      this.#driver.stir();
      try {
        run();
      } catch (error) {
        this.#failure ??= this.#error(`what was to run at ${atMs} ms has thrown`, error);
      }
    });
  }

  /** Lets a fault happen at a time after the start. */
  schedule({ atMs, ...fault }: TimedFault): void {
    this.#simulation.at(atMs, () => this.apply(fault));
  }

  /**
   * Something that must hold at every moment: whenever a program has done something, `holds` is
   * called; the run fails when it returns false or throws.
   */
  always(name: string, holds: () => unknown): void {
    this.#invariants.push({ name, holds });
  }

  /** Lets one of the simulator's checkers look at the views of all nodes from time to time. */
  watch(checker: Checker, options: WatchOptions = {}): void {
    this.#simulation.watch(checker, options);
  }

  /** Lets a fault happen now. Processes are named. */
  override apply(fault: Fault): void {
    this.#past.push({ atMs: this.elapsedMs, ...fault });
    const { type } = fault;
    if (type === 'restart') {
      this.#restart(fault);
    } else if (type === 'crash' || type === 'power-off') {
      this.#end(this.#process(fault.node), fault);
    } else if (type === 'move') {
      this.#move(this.#process(fault.node), fault.address);
    } else if (type === 'resume') {
      this.#process(fault.node).resume(() => this.#pass(fault));
    } else {
      if (type === 'pause') this.#process(fault.node).pause();
      this.#pass(fault);
      if (type === 'drift') this.#process(fault.node).clock.setRate(fault.rate);
    }
  }

  /** Ends all processes: their signals abort, so that what they hold open for real can close. */
  close(): void {
    for (const process of this.#processes.values()) {
      if (process.state !== 'down') this.#end(process, { type: 'crash', node: process.name });
    }
  }

  async #advance(holds: () => boolean, maxMs: number): Promise<boolean> {
    const planned = this.#plan?.([...this.#processes.keys()]) ?? [];
    this.#plan = undefined;
    for (const fault of planned) this.schedule(fault);
    try {
      return await this.#driver.run(holds, maxMs);
    } catch (error) {
      if (!(error instanceof RunError)) throw error;
      throw (this.#failure ??= this.#error(error.message, error));
    }
  }

  /** After each turn of the programs. */
  #look(): void {
    if (this.#failure !== undefined) throw this.#failure;
    for (const { name, holds } of this.#invariants) {
      let held: unknown;
      let cause: unknown;
      try {
        held = holds();
      } catch (error) {
        held = false;
        cause = error;
      }
      if (held === false) throw (this.#failure = this.#error(`"${name}" does not hold`, cause));
    }
  }

  #end(process: SimulatedProcess, fault: Fault): void {
    this.#pass(fault);
    process.end(fault.type === 'power-off' ? 'has lost power' : 'has crashed');
  }

  #restart({ node, saved = 'kept', address }: Restart): void {
    const process = this.#process(node);
    if (process.state !== 'down') this.#end(process, { type: 'crash', node: process.name });
    if (saved === 'wiped') process.machine.wipe();
    if (address !== undefined) process.machine.moveTo(ipAt(address));
    process.start();
  }

  /** The machine's address is an IP: its nodes keep their ports. */
  #move({ machine }: SimulatedProcess, address: Address): void {
    const ip = ipAt(address);
    for (const [node, own] of machine.addresses) {
      const there = formatAddress(ip, portOf(own)) as Address; // Both parts are of addresses.
      this.#simulation.apply({ type: 'move', node, address: there });
    }
    machine.moveTo(ip);
  }

  /** To the simulator, where a process is as many nodes as it has. */
  #pass(fault: Fault): void {
    const nodesOf = (name: string): readonly string[] => this.#process(name).machine.nodes;
    if (fault.type === 'partition') {
      const groups = fault.groups.map((names) => names.flatMap(nodesOf));
      this.#simulation.apply({ ...fault, groups });
    } else if (fault.type === 'one-way-cut') {
      const [from, to] = [fault.from.flatMap(nodesOf), fault.to.flatMap(nodesOf)];
      this.#simulation.apply({ ...fault, from, to });
    } else if (fault.type === 'pair-cut') {
      const pairs = fault.pairs.flatMap(([one, other]) =>
        nodesOf(one).flatMap((a) => nodesOf(other).map((b) => [a, b] as const)),
      );
      this.#simulation.apply({ ...fault, pairs });
    } else if ('node' in fault && fault.node !== undefined) {
      for (const node of nodesOf(fault.node)) this.#simulation.apply({ ...fault, node });
    } else {
      this.#simulation.apply(fault);
    }
  }

  #process(name: string): SimulatedProcess {
    return this.#processes.get(name) ?? bad(`there is no process "${name}"`);
  }

  #error(what: string, cause?: unknown): WorldError {
    return new WorldError(what, this.standing(), cause);
  }
}

/** The IP of what is written as an address, with a port or without. */
function ipAt(text: string): string {
  const address = parseAddress(text) ?? formatAddress(text, 1);
  return ipOf(address ?? bad(`${text} is no address`));
}

function bad(text: string): never {
  throw new UsageError('BAD_OPTION', text);
}
