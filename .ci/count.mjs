// `node count.mjs report.json code`: prints "passed failed" of a vitest JSON report.
// Failed are also skipped tests, files that did not load and, if nothing else tells why, the code.
import { readFileSync } from 'node:fs';

const [path, code] = process.argv.slice(2);
let passed = 0;
let failed = 0;
try {
  const report = JSON.parse(readFileSync(path, 'utf8'));
  passed = report.numPassedTests;
  failed = report.numTotalTests - passed;
  for (const file of report.testResults) {
    const tests = file.assertionResults;
    if (file.status === 'failed' && tests.every(({ status }) => status !== 'failed')) failed++;
    for (const { status, fullName } of tests) {
      if (!['passed', 'failed'].includes(status)) console.error(`not run (${status}): ${fullName}`);
    }
  }
} catch (error) {
  console.error(`no test report: ${error.message}`);
}
if (code !== '0' && failed === 0) failed = 1;
console.log(passed, failed);
