// `npm run check [-- --static]`: every check, also after one has failed. The exit code is the
// number of failed steps. The tests include the tidy test; `--static` leaves them out, for who
// runs them apart.
import { ensureInstalled, requireNode, run } from './house.mjs';

requireNode();
ensureInstalled();
const steps = ['types', 'lint', 'format:check', 'knip', 'package', 'docs:check', 'test'];
if (process.argv.includes('--static')) steps.pop();

const failed = [];
for (const step of steps) {
  process.stderr.write(`\n── ${step}\n`);
  const code = await run('npm', ['run', '--silent', step], { shell: process.platform === 'win32' });
  if (code !== 0) failed.push(step);
}
const verdict = failed.length === 0 ? 'all is well' : `failed: ${failed.join(', ')}`;
process.stderr.write(`\ncheck: ${steps.length} steps, ${verdict}\n`);
process.exitCode = failed.length;
