// A Markdown table in just the form that the formatter gives it.

/** Cells are texts; a column whose cells all are numbers can be told to align right. */
export function table(head, rows, { right = [] } = {}) {
  const cells = [head, ...rows].map((row) => row.map(escape));
  const widths = head.map((_, i) => Math.max(3, ...cells.map((row) => columns(row[i]))));
  const line = (row) => `| ${row.map((cell, i) => pad(cell, widths[i], right[i])).join(' | ')} |`;
  const rule = widths.map(
    (width, i) => '-'.repeat(width - (right[i] ? 1 : 0)) + (right[i] ? ':' : ''),
  );
  return [line(cells[0]), `| ${rule.join(' | ')} |`, ...cells.slice(1).map(line)].join('\n');
}

/** A block of text as a terminal shows it. */
export function terminal(text) {
  return `\`\`\`text\n${text.trimEnd()}\n\`\`\``;
}

function escape(cell) {
  return String(cell).replaceAll('\n', ' ').replaceAll('|', '\\|');
}

function pad(cell, width, right) {
  const space = ' '.repeat(width - columns(cell));
  return right ? space + cell : cell + space;
}

/** How wide a text stands in a terminal: Chinese characters and their punctuation take two. */
function columns(text) {
  return [...text].reduce(
    (sum, letter) => sum + (/[\u2e80-\u9fff\uff00-\uff60]/.test(letter) ? 2 : 1),
    0,
  );
}
