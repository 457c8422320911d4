import {
  Cluster,
  type Closed,
  type ClusterOptions,
  type EventStream,
  type JoinRequest,
  type Platform,
} from '../api/index.ts';
import type { ProgramRun } from './program-run.ts';

/** The public face, whose promises are the world's. */
export class SimulatedCluster extends Cluster {
  readonly #run: ProgramRun;

  constructor(platform: Platform, options: ClusterOptions, run: ProgramRun) {
    super(platform, options);
    this.#run = run;
  }

  override get closed(): Promise<Closed> {
    return this.#run.promise(super.closed);
  }

  // Not async: what an async function gives is an ordinary promise.
  override join(request: JoinRequest = {}): Promise<void> {
    return this.#run.promise(super.join(request));
  }

  override leave(): Promise<void> {
    return this.#run.promise(super.leave());
  }

  override events(options: { readonly bufferMax?: number } = {}): EventStream {
    const stream = super.events(options);
    const next = stream.next.bind(stream);
    stream.next = () => this.#run.promise(next());
    return stream;
  }
}
