import { readdirSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { Option, type Command } from 'commander';
import { ControlClient } from '../agent/control-client.ts';
import { checkPathLength, socketFolder, socketPath } from '../agent/socket-path.ts';
import { HearsayError } from '../core/index.ts';

/** How commands find the agent they talk to. */
export interface ControlFlags {
  readonly socket?: string;
  readonly name?: string;
  readonly json?: boolean;
}

export function addControlOptions(command: Command): Command {
  return command
    .addOption(new Option('--socket <path>', 'control socket of the agent').env('HEARSAY_SOCKET'))
    .addOption(
      new Option('--name <name>', 'or the agent of this name (default: the only one here)').env(
        'HEARSAY_NAME',
      ),
    )
    .option('--json', 'print JSON');
}

/** Calls the agent that the flags name; where none answers, the error says who else is here. */
export async function withAgent<T>(
  flags: ControlFlags,
  run: (client: ControlClient) => Promise<T>,
): Promise<T> {
  const path = flags.socket ?? (flags.name === undefined ? usualPath() : socketPath(flags.name));
  checkPathLength(path);
  try {
    return await run(new ControlClient(path));
  } catch (error) {
    if (!(error instanceof HearsayError) || error.code !== 'NO_AGENT') throw error;
    throw new HearsayError('NO_AGENT', `${error.message}; ${hint(path)}`, { cause: error });
  }
}

/** Of the only agent of this user; of several, that which has its name from the host. */
function usualPath(): string {
  const [only, ...others] = sockets();
  return only !== undefined && others.length === 0 ? only : socketPath(hostname());
}

function hint(path: string): string {
  const others = sockets().filter((one) => one !== path);
  if (others.length === 0) return 'start one with `hearsay agent`, or choose one with --socket';
  return `choose one with --socket: ${others.join(', ')}`;
}

function sockets(): string[] {
  const folder = socketFolder();
  try {
    return readdirSync(folder)
      .filter((name) => name.endsWith('.sock'))
      .map((name) => join(folder, name));
  } catch {
    return []; // There is no such folder: no agent ever ran here.
  }
}

export function print(flags: ControlFlags, value: unknown, text: string): void {
  process.stdout.write(flags.json === true ? `${JSON.stringify(value)}\n` : text);
}
