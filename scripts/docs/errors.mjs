// Error codes from the core's table; exit codes from the CLI's.
import { compiled } from './files.mjs';
import { table } from './table.mjs';

export async function errorCodes() {
  const { ERROR_CODES } = await compiled('core');
  const rows = Object.entries(ERROR_CODES).map(([code, meaning]) => [`\`${code}\``, meaning]);
  return table(['code', 'meaning'], rows);
}
