/** Agents in this process, with clients of theirs; they end with their test. */
import { join } from 'node:path';
import { afterEach } from 'vitest';
import { Agent, ControlClient, type AgentOptions } from '../src/agent/index.ts';
import { temporaryFolder } from './temporary-folder.ts';

export class Agents {
  /** Their sockets are here. */
  readonly folder = temporaryFolder();
  readonly #running: Agent[] = [];

  /** To be made at the top of a test file: it sets up and clears away by vitest's hooks. */
  constructor() {
    afterEach(async () => {
      for (const agent of this.#running.splice(0)) {
        await agent.cluster.leave();
        await agent.ended();
      }
    });
  }

  /** The socket of the agent of this name. */
  socketOf(name: string): string {
    return join(this.folder, `${encodeURIComponent(name)}.sock`);
  }

  /** Rejects as `Agent.start` does. */
  async start(options: Omit<AgentOptions, 'socket'>) {
    const socket = this.socketOf(options.name);
    const agent = await Agent.start({ bind: '127.0.0.1:0', ...options, socket });
    this.#running.push(agent);
    return { agent, client: new ControlClient(socket), address: agent.cluster.self.address };
  }
}
