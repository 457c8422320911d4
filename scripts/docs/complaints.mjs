// docs/complaints.md: what users of other systems complain about, and the test that fails when the
// line that answers it is taken back. The data are docs/complaints.json. Whenever the page is made,
// it is checked that each test and each line is still there; that the test fails then is checked by
// `npm run complaints`.
import { read } from './files.mjs';
import { table } from './table.mjs';

/** @throws Error that names what is no longer true */
export function complaints() {
  return JSON.parse(read('docs/complaints.json')).map((complaint) => {
    const { number, revert, test } = complaint;
    const problem = (what) => new Error(`docs/complaints.json: ${number}: ${what}`);
    if (test !== undefined && !read(test.file).includes(`test('${test.title}'`)) {
      throw problem(`${test.file} has no test '${test.title}'`);
    }
    if (revert !== undefined && read(revert.file).split(revert.text).length !== 2) {
      throw problem(`${revert.file} has not once: ${revert.text}`);
    }
    return complaint;
  });
}

export function complaintTable() {
  const rows = complaints().map(({ number, complaint, trackers, answer, test, revert }) => [
    number,
    complaint,
    answer,
    test === undefined ? 'not yet' : `\`${test.file}\`: ${test.title}`,
    revert === undefined ? '–' : `\`${revert.file}\``,
    trackers,
  ]);
  const head = ['', 'complaint', 'here', 'test', 'fails when reverted', 'told in'];
  return table(head, rows, { right: [true] });
}
