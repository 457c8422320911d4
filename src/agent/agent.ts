import { createAdaptorServer } from '@hono/node-server';
import type { Server } from 'node:http';
import { SILENT, type Closed, type Cluster, type Json } from '../api/index.ts';
import { LiveCluster } from '../cluster/live-cluster.ts';
import type { JoinClusterOptions } from '../api/index.ts';
import { controlApi } from './control-api.ts';
import { listenOn } from './control-socket.ts';
import type { Info } from './control.ts';
import { Handlers, type Handled } from './handlers.ts';
import { History } from './history.ts';
import { version } from './version.ts';

export interface AgentOptions extends JoinClusterOptions {
  /** Path of the control socket. */
  readonly socket: string;
  /** Commands to run, by the query or event that they are for. */
  readonly on?: Handled | undefined;
}

/** The daemon: a node, and a control socket beside it that answers while the node still joins. */
export class Agent {
  readonly cluster: Cluster;
  readonly socket: string;
  readonly #live: LiveCluster;
  readonly #handlers: Handlers;
  readonly #server: Server;
  readonly #startedMs = performance.now();

  /**
   * Opens the control socket, then joins. Rejects, with nothing left open, as `joinCluster` does
   * and with SOCKET_TAKEN or SOCKET_UNUSABLE.
   */
  static async start(options: AgentOptions): Promise<Agent> {
    const agent = new Agent(options);
    await listenOn(agent.#server, options.socket);
    try {
      await agent.cluster.join({ signal: options.signal });
    } catch (error) {
      await agent.#close();
      throw error;
    }
    return agent;
  }

  private constructor({ socket, on = {}, ...options }: AgentOptions) {
    this.#live = new LiveCluster(options);
    this.cluster = this.#live.cluster;
    this.socket = socket;
    this.cluster.answer('info', () => this.#brief());
    const { logger = SILENT } = options;
    this.#handlers = new Handlers(on, { cluster: this.cluster, logger, socket });
    const api = controlApi({
      cluster: this.cluster,
      history: new History(this.cluster),
      impairments: this.#live.impairments,
      keys: this.#live.keys,
      info: () => this.info(),
      leave: async () => this.cluster.leave(),
    });
    this.#server = createAdaptorServer({ fetch: api.fetch }) as Server;
  }

  info(): Info {
    const { cluster } = this;
    const { name, options, counters, impairments } = this.#live;
    const { phase } = cluster;
    const self = phase === 'running' || phase === 'leaving' ? cluster.self : undefined;
    return {
      name,
      cluster: options.cluster,
      phase,
      address: self?.address ?? null,
      nodeId: self?.nodeId ?? null,
      start: self?.start ?? null,
      members: cluster.members.size,
      health: self === undefined ? 0 : cluster.health,
      load: self === undefined ? null : cluster.load,
      checksum: self === undefined ? 0 : cluster.checksum,
      dataDir: this.#live.saved ?? null,
      uptimeMs: Math.round(performance.now() - this.#startedMs),
      rssBytes: process.memoryUsage.rss(),
      pid: process.pid,
      version,
      impairments: impairments.settings ?? null,
      handlers: this.#handlers.counts,
      protocol: self === undefined ? null : cluster.counters().protocol,
      counters,
    };
  }

  /** Resolves when the node has left or stopped and the control socket is closed. */
  async ended(): Promise<Closed> {
    const closed = await this.cluster.closed;
    this.#handlers.stop();
    await this.#close();
    return closed;
  }

  /** To the query `info`: what fits into an answer. */
  #brief(): Json {
    const { name, address, nodeId, start, members, health, uptimeMs, rssBytes, pid, version } =
      this.info();
    return { name, version, uptimeMs, health, members, address, nodeId, start, rssBytes, pid };
  }

  /** Lets answers that are under way get out. */
  async #close(): Promise<void> {
    await new Promise<void>((resolve) => {
      this.#server.close(() => resolve());
      this.#server.closeIdleConnections();
      setTimeout(() => this.#server.closeAllConnections(), GRACE_MS).unref();
    });
  }
}

/** For answers on a local socket. */
const GRACE_MS = 500;
