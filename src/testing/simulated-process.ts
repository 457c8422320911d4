import { Cluster, type Io, type JoinClusterOptions, type Program } from '../api/index.ts';
import { Xoshiro128 } from '../core/index.ts';
import type { Driver } from './driver.ts';
import type { Journal, LogLine } from './journal.ts';
import type { Machine } from './machine.ts';
import { nodeOptions } from './node-options.ts';
import { MachineClock, type WorldClock } from './machine-clock.ts';
import { ProgramRun } from './program-run.ts';
import { SimulatedPlatform, type FindHost } from './simulated-platform.ts';

/** A program on a machine of its own. */
export interface Process {
  readonly name: string;
  /** The IP address of its machine; other processes also find it by its name. */
  readonly ip: string;
  readonly state: 'running' | 'paused' | 'down';
  /** How often its program has been called. */
  readonly runs: number;
  /** What it has logged, its nodes included, in all its runs. */
  readonly log: readonly LogLine[];
}

export interface StartOptions {
  /** Where its machine stands, for latencies by zone. */
  readonly zone?: string;
  /**
   * What a supervisor does: when the program throws, its process crashes, and so much later it
   * runs again. Default: a program that throws is a failure of the test.
   */
  readonly restartAfterMs?: number;
}

/** What a process needs of its world. */
export interface Surroundings {
  readonly seed: number;
  readonly clock: WorldClock;
  readonly driver: Driver;
  readonly journal: Journal;
  readonly findHost: FindHost;
  /** What is the program's own has thrown, and nobody restarts it. */
  readonly failed: (what: string, error: unknown) => void;
  /** A program has thrown, and somebody does. */
  readonly exited: (process: string, restartAfterMs: number) => void;
}

export class SimulatedProcess implements Process {
  readonly machine: Machine;
  readonly clock: MachineClock;
  readonly #program: Program;
  readonly #options: StartOptions;
  readonly #around: Surroundings;
  #run: ProgramRun | undefined;
  #isPaused = false;
  #runs = 0;

  constructor(machine: Machine, program: Program, options: StartOptions, around: Surroundings) {
    this.machine = machine;
    this.clock = new MachineClock(around.clock);
    this.#program = program;
    this.#options = options;
    this.#around = around;
  }

  get name(): string {
    return this.machine.name;
  }

  get ip(): string {
    return this.machine.ip;
  }

  get state(): Process['state'] {
    if (this.#run === undefined) return 'down';
    return this.#isPaused ? 'paused' : 'running';
  }

  get runs(): number {
    return this.#runs;
  }

  get log(): readonly LogLine[] {
    return this.#around.journal.lines.filter(({ by }) => by === this.name);
  }

  /** The program is called as the next event. */
  start(): void {
    const run = new ProgramRun(this.clock, this.#around.driver);
    this.#run = run;
    this.#runs++;
    const io = this.#io(run, this.#runs);
    run.after(0, () => {
      this.#call(io).catch((error: unknown) => this.#fail(run, error));
    });
  }

  /** The process is gone; its nodes have ended already. */
  end(why: string): void {
    const run = this.#run;
    this.#run = undefined;
    this.#isPaused = false;
    this.machine.crashed();
    run?.end(`process "${this.name}" ${why}`);
  }

  pause(): void {
    this.#isPaused = this.#run !== undefined;
    this.#run?.pause();
  }

  /** `wake` wakes its nodes. */
  resume(wake: () => void): void {
    this.#isPaused = false;
    if (this.#run === undefined) wake();
    else this.#run.resume(wake);
  }

  async #call(io: Io): Promise<unknown> {
    return this.#program(io);
  }

  #fail(run: ProgramRun, error: unknown): void {
    if (!run.isAlive) return;
    const { restartAfterMs } = this.#options;
    if (restartAfterMs === undefined) {
      this.#around.failed(`the program of "${this.name}"`, error);
      return;
    }
    this.#around.journal.write(this.name, 'error', `the program has thrown: ${String(error)}`);
    this.#around.exited(this.name, restartAfterMs);
  }

  #io(run: ProgramRun, number: number): Io {
    const { name } = this;
    const { seed, journal } = this.#around;
    const random = new Xoshiro128(seed, `program ${name}, run ${number}`);
    return {
      name,
      joinCluster: (options) => run.promise(this.#join(run, options)),
      now: () => this.clock.now(),
      sleep: (ms) =>
        run.promise(new Promise<void>((resolve) => void run.after(Math.max(0, ms), resolve))),
      random: () => random.float(),
      signal: run.signal,
      external: (promise) => run.external(promise),
      log: (text) => {
        if (run.isAlive) journal.write(name, 'info', text);
      },
    };
  }

  async #join(run: ProgramRun, given: JoinClusterOptions): Promise<Cluster> {
    const options = nodeOptions(given);
    const { name, seeds, joinTimeoutMs, retry } = options;
    const { journal, findHost } = this.#around;
    const platform = new SimulatedPlatform(this.machine, run, options, findHost);
    const logger = journal.logger(this.name, given.logger);
    const tags = given.tags ?? {};
    // Live that is a line in the log, and nothing restarts: here nobody would read it.
    const listenerThrew = (type: string, error: unknown): void => {
      if (run.isAlive) this.#around.failed(`a listener of ${type} in "${this.name}"`, error);
    };
    const cluster = new Cluster(platform, {
      name,
      seeds,
      tags,
      joinTimeoutMs,
      retry,
      logger,
      listenerThrew,
    });
    await cluster.join({ signal: given.signal });
    return cluster;
  }
}
