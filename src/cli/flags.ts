/** How a wrong flag is told: one line, exit code 2. */
import { InvalidArgumentError, type Command } from 'commander';
import { ExitCode } from './exit-codes.ts';

/** Ends the program: what was given is well formed but makes no sense here. */
export function refuse(command: Command, what: string, why: string): never {
  const options = { exitCode: ExitCode.Usage, code: 'hearsay.usage' };
  return command.error(`error: ${what}: ${why}`, options);
}

/** A whole number from `low` to `high`, for commander's `argParser`. */
export function integer(low: number, high: number): (text: string) => number {
  return (text) => {
    const value = /^[0-9]+$/.test(text) ? Number(text) : Number.NaN;
    if (value >= low && value <= high) return value;
    throw new InvalidArgumentError(`Give a whole number, ${low} to ${high}.`);
  };
}
