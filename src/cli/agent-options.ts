/** What an agent is started with: flags and environment, then the file, then the defaults. */
import { readFileSync } from 'node:fs';
import type { Command } from 'commander';
import type { AgentOptions } from '../agent/agent.ts';
import type { Config } from '../agent/config-file.ts';
import { LOG_LEVELS } from '../agent/log-levels.ts';
import { socketPath } from '../agent/socket-path.ts';
import type { Logger } from '../api/index.ts';
import { UsageError } from '../core/index.ts';
import { tagsOf } from './flags.ts';
import { printable } from './printable.ts';

export interface AgentFlags {
  readonly config?: string;
  readonly name: string;
  readonly cluster: string;
  readonly bind: string | readonly string[];
  readonly advertise?: string;
  readonly transport: 'udp' | 'tcp';
  readonly dns?: readonly string[];
  readonly join: readonly string[];
  readonly tag: readonly string[];
  readonly preset: 'lan' | 'wan' | 'local';
  readonly dataDir?: string;
  readonly joinTimeout: number;
  readonly retry?: boolean;
  readonly socket?: string;
  readonly on: Readonly<Record<string, string>>;
  readonly secret?: readonly string[];
  readonly secretFile?: string;
  readonly insecure?: boolean;
  readonly log: Level;
  readonly json?: boolean;
  readonly withParent?: boolean;
}

type Level = (typeof LOG_LEVELS)[number];

/** @throws UsageError BAD_OPTION; the file's contents are checked already */
export function optionsOf(command: Command, flags: AgentFlags, file: Config): AgentOptions {
  const list = (key: 'bind' | 'dns' | 'join' | 'tag' | 'secret'): string[] => {
    const fromEnvironment = command.getOptionValueSource(key) === 'env';
    return [flags[key] ?? []].flat().flatMap((text) => (fromEnvironment ? text.split(',') : text));
  };
  const { log, secret, secretFile, ...others } = file;
  const name = isGiven(command, 'name') ? flags.name : (file.name ?? flags.name);
  const flagged = {
    name,
    cluster: flags.cluster,
    bind: list('bind'),
    advertise: flags.advertise,
    transport: flags.transport,
    dns: list('dns'),
    seeds: list('join'),
    tags: tagsOf(list('tag')),
    preset: flags.preset,
    dataDir: flags.dataDir,
    joinTimeoutMs: flags.joinTimeout * 1000,
    retry: flags.retry ?? switchOf('HEARSAY_RETRY'),
    insecure: flags.insecure ?? switchOf('HEARSAY_INSECURE'),
    socket: flags.socket,
    on: flags.on,
  };
  const given = Object.entries(flagged).filter(([option, value]) => {
    const isInFile = Object.hasOwn(others, option);
    return !isInFile || (value !== undefined && isGiven(command, FLAG_OF[option] ?? option));
  });
  return {
    ...others,
    ...(Object.fromEntries(given) as typeof flagged),
    socket: flags.socket ?? file.socket ?? socketPath(name),
    secret:
      secretsOf(list('secret'), flags.secretFile) ?? secretsOf([secret ?? []].flat(), secretFile),
    logger: loggerOf(isGiven(command, 'log') ? flags.log : (log ?? flags.log)),
  };
}

/** Flags of another name than their options. */
const FLAG_OF: Readonly<Record<string, string>> = {
  seeds: 'join',
  tags: 'tag',
  joinTimeoutMs: 'joinTimeout',
};

/** On the command line or by the environment. */
function isGiven(command: Command, flag: string): boolean {
  const variable = SWITCHES[flag];
  if (variable !== undefined && (process.env[variable] ?? '') !== '') return true;
  const source = command.getOptionValueSource(flag);
  return source === 'cli' || source === 'env';
}

/** Switches whose variables commander does not know, since it takes any text for on. */
const SWITCHES: Readonly<Record<string, string>> = {
  retry: 'HEARSAY_RETRY',
  insecure: 'HEARSAY_INSECURE',
};

/** Undefined: none are given. */
function secretsOf(given: readonly string[], path: string | undefined): string[] | undefined {
  if (path === undefined) return given.length === 0 ? undefined : [...given];
  if (given.length > 0) {
    throw new UsageError('BAD_OPTION', 'secret: give --secret or --secret-file, not both');
  }
  return readFileSync(path, 'utf8')
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
}

/** A switch in the environment, where an empty text or 0 is off. */
function switchOf(variable: string): boolean {
  const text = process.env[variable] ?? '';
  if (['', '0', 'false', 'no'].includes(text)) return false;
  if (['1', 'true', 'yes'].includes(text)) return true;
  throw new UsageError('BAD_OPTION', `${variable}: give 1 or 0, not ${text}`);
}

function loggerOf(level: Level): Logger {
  const from = LOG_LEVELS.indexOf(level);
  const at = (rank: number) => (text: string) => {
    if (rank < from) return;
    process.stderr.write(
      `${new Date().toISOString()} ${LOG_LEVELS[rank] ?? ''} ${printable(text)}\n`,
    );
  };
  return { debug: at(0), info: at(1), warn: at(2), error: at(3) };
}
