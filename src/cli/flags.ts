/** How a wrong flag is told: one line, exit code 2. */
import { InvalidArgumentError, type Command } from 'commander';
import { UsageError } from '../core/index.ts';
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

/** A fraction: 0 up to, but not, 1. */
export function fraction(text: string): number {
  const value = /^[0-9]*\.?[0-9]+$/.test(text) ? Number(text) : Number.NaN;
  if (value >= 0 && value < 1) return value;
  throw new InvalidArgumentError('Give a fraction from 0 to below 1, such as 0.05.');
}

/** A time in milliseconds, 0 and up: `20ms`, `0.5s`, or a bare number of milliseconds. */
export function milliseconds(text: string): number {
  const match = /^([0-9]*\.?[0-9]+)(ms|s)?$/.exec(text);
  if (match !== null) return Number(match[1]) * (match[2] === 's' ? 1000 : 1);
  throw new InvalidArgumentError('Give a time such as 20ms or 0.5s.');
}

/** A number of seconds, up to a day. */
export function seconds(text: string): number {
  const value = /^[0-9]*\.?[0-9]+$/.test(text) ? Number(text) : Number.NaN;
  if (value > 0 && value <= 86_400) return value;
  throw new InvalidArgumentError('Give seconds, above 0 and up to 86400.');
}

/** Tags as `key=value` each. */
export function tagsOf(texts: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    texts.map((text) => {
      const at = text.indexOf('=');
      if (at < 1) throw new UsageError('BAD_OPTION', `tags: give key=value, not ${text}`);
      return [text.slice(0, at), text.slice(at + 1)];
    }),
  );
}
