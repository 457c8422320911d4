import { CommanderError } from 'commander';
import { HearsayError } from '../core/index.ts';
import { ExitCode, exitCodeOf } from './exit-codes.ts';
import { printable } from './printable.ts';

/** Which flag sets an option of the library, where the names differ or need their dashes. */
const FLAGS: Readonly<Record<string, string>> = {
  name: '--name',
  cluster: '--cluster',
  bind: '--bind',
  advertise: '--advertise',
  transport: '--transport',
  dns: '--dns',
  seeds: '--join',
  tags: '--tag',
  preset: '--preset',
  dataDir: '--data-dir',
  joinTimeoutMs: '--join-timeout',
  secret: '--secret',
  seed: '--seed',
};

/**
 * Ends the program after an error: one line on stderr, and the exit code that fits.
 *
 * @param command which command failed, if any is known
 */
export function fail(error: unknown, command: string | undefined): void {
  if (error instanceof CommanderError) {
    // Commander has written it. It says 1 for wrong usage.
    process.exitCode = error.exitCode === 0 ? ExitCode.Ok : ExitCode.Usage;
    return;
  }
  const known = error instanceof HearsayError;
  process.exitCode = exitCodeOf(known ? error.code : undefined);
  // A stack is for bugs of ours; what users meet has a code and says what to do.
  const system = error instanceof Error && 'syscall' in error;
  const text =
    known || system ? printable(nameFlag((error as Error).message, command)) : stackOf(error);
  process.stderr.write(`hearsay: ${text}\n`);
}

/** What the library calls `bind` is `--bind` here; but `hearsay tags` has no flag for its tags. */
function nameFlag(text: string, command: string | undefined): string {
  return text
    .replace(/^(\w+)(?:\.[\w.]+)?(?=: )/, (whole, option: string) =>
      option === command ? whole : (FLAGS[option] ?? whole),
    )
    .replaceAll(/(?:the option )?`(insecure|retry|cluster|secret)`/g, '--$1');
}

function stackOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
