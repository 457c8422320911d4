import { InvalidArgumentError, type Command } from 'commander';
import { ExitCode } from './exit-codes.ts';

/** Ends the program: a flag is well formed but makes no sense here. */
export function refuse(command: Command, flag: string, why: string): never {
  return command.error(`error: option '${flag}': ${why}`, { exitCode: ExitCode.Usage });
}

/** A whole number from `low` to `high`, for commander's `argParser`. */
export function integer(low: number, high: number): (text: string) => number {
  return (text) => {
    const value = /^[0-9]+$/.test(text) ? Number(text) : Number.NaN;
    if (value >= low && value <= high) return value;
    throw new InvalidArgumentError(`Give a whole number, ${low} to ${high}.`);
  };
}
