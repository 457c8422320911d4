// Error codes from the core's table; exit codes from the CLI's.
import { compiled } from './files.mjs';
import { table } from './table.mjs';

export async function errorCodes() {
  const { ERROR_CODES } = await compiled('core');
  const rows = Object.entries(ERROR_CODES).map(([code, meaning]) => [`\`${code}\``, meaning]);
  return table(['code', 'meaning'], rows);
}

/** What the command line's help says of each code, and which errors end with it. */
export async function exitCodes() {
  const { ERROR_CODES } = await compiled('core');
  const { EXIT_CODES_HELP, exitCodeOf } = await compiled('cli/exit-codes.js');
  const rows = [...EXIT_CODES_HELP.matchAll(/^ +(\d+) +(.+)$/gm)].map(([, number, meaning]) => [
    number,
    meaning,
    Object.keys(ERROR_CODES)
      .filter((code) => exitCodeOf(code) === Number(number))
      .map((code) => `\`${code}\``)
      .join(', ') || '–',
  ]);
  return table(['exit code', 'meaning', 'errors'], rows, { right: [true] });
}
