// `npm run complaints [-- number …]`: takes back each line that docs/complaints.json names, one at
// a time, in a copy of the tree, and runs the test that must fail then; before that, untouched, it
// must pass. The exit code is the number of those that do not hold.
import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { complaints } from './docs/complaints.mjs';
import { ensureInstalled, requireNode, root } from './house.mjs';

requireNode();
ensureInstalled();
const wanted = process.argv.slice(2).map(Number);
const copy = mkdtempSync(join(tmpdir(), 'hearsay-complaints-'));
let wrong = 0;
try {
  for (const name of ['src', 'test', 'package.json', 'vitest.config.ts', 'tsconfig.base.json']) {
    cpSync(join(root, name), join(copy, name), { recursive: true });
  }
  symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'));
  for (const { number, test, revert } of complaints()) {
    if (revert === undefined || (wanted.length > 0 && !wanted.includes(number))) continue;
    const holds = passes(test) && !withRevert(revert, () => passes(test));
    if (!holds) wrong++;
    process.stdout.write(`${holds ? 'holds' : 'WRONG'}  ${number}  ${test.title}\n`);
  }
} finally {
  rmSync(copy, { recursive: true, force: true });
}
process.exitCode = wrong;

function withRevert({ file, text, by }, run) {
  const path = join(copy, file);
  const before = readFileSync(path, 'utf8');
  writeFileSync(
    path,
    before.replace(text, () => by),
  );
  try {
    return run();
  } finally {
    writeFileSync(path, before);
  }
}

/** Whether this one test ran, and passed. */
function passes({ file, title }) {
  const escaped = title.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);
  const args = ['vitest', 'run', file, '-t', escaped, '--reporter', 'json'];
  const { stdout } = spawnSync('npx', args, { cwd: copy, encoding: 'utf8' });
  const report = JSON.parse(stdout.slice(stdout.indexOf('{')));
  // A file that does not even load proves nothing.
  if (report.numPassedTests + report.numFailedTests === 0) {
    throw new Error(`${file}: no test ran as '${title}'`);
  }
  return report.success;
}
