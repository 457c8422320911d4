import type { ErrorCode } from '../core/index.ts';

/** What the program's end tells a script. Never renumbered. */
export const ExitCode = {
  Ok: 0,
  Failed: 1,
  Usage: 2,
  NoAgent: 3,
  Evicted: 4,
  NameTaken: 5,
  PortInUse: 6,
  NotJoined: 7,
  SocketTaken: 8,
  DataDirTaken: 9,
  DataDirUnusable: 10,
  Unanswered: 11,
  HalfAnswered: 12,
} as const;

/** For --help. */
export const EXIT_CODES_HELP = `
Exit codes:
  0  done
  1  failed: the message says why
  2  wrong usage: a flag, a value, a path that cannot be a socket
  3  no agent answers at the control socket
  4  the agent was evicted by an operator
  5  a living member has this name
  6  the address to listen on is in use, or not this machine's
  7  no seed let the node in: nobody there, TCP blocked, another cluster
  8  another agent has the control socket
  9  another process has the data directory
  10 the data directory cannot be read or written
  11 nobody answered the query
  12 a member that has the query failed to answer it`;

/** The exit code for an error of ours; Failed for others. */
export function exitCodeOf(code: ErrorCode | undefined): number {
  switch (code) {
    case 'BAD_OPTION':
    case 'TAGS_TOO_LARGE':
    case 'NOT_LOOPBACK':
    case 'BAD_SECRET':
    case 'BAD_KEY':
    case 'SOCKET_UNUSABLE':
    case 'DATA_DIR_FOREIGN':
    case 'QUERY_TOO_LARGE':
    case 'HANDLER_TAKEN':
    case 'KEY_UNUSABLE':
    case 'VALUE_TOO_LARGE':
    case 'VALUE_UNUSABLE':
    case 'BAD_TOPIC':
    case 'EVENT_TOO_LARGE':
      return ExitCode.Usage;
    case 'NO_AGENT':
      return ExitCode.NoAgent;
    case 'EVICTED':
      return ExitCode.Evicted;
    case 'NAME_TAKEN':
      return ExitCode.NameTaken;
    case 'PORT_IN_USE':
    case 'ADDRESS_UNAVAILABLE':
      return ExitCode.PortInUse;
    case 'JOIN_TIMEOUT':
    case 'STREAM_BLOCKED':
    case 'WRONG_CLUSTER':
    case 'WRONG_KEY':
      return ExitCode.NotJoined;
    case 'SOCKET_TAKEN':
      return ExitCode.SocketTaken;
    case 'DATA_DIR_TAKEN':
      return ExitCode.DataDirTaken;
    case 'DATA_DIR_UNUSABLE':
      return ExitCode.DataDirUnusable;
    case 'ABORTED':
    case 'NOT_RUNNING':
    case 'FAILED':
    case 'TIME_STANDS_STILL':
    case 'MESSAGE_TOO_LARGE':
    case 'TOO_MANY_QUERIES':
    case 'NO_SUCH_MEMBER':
    case 'NO_SUCH_KEY':
    case 'DATA_FULL':
    case 'QUEUE_FULL':
    case 'NO_SUCH_TRACE':
    case undefined:
      return ExitCode.Failed;
  }
}
