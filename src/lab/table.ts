/** Results as text: CSV for programs, an aligned table for people. */

/** What a cell holds; null is what did not happen. */
export type Cell = string | number | boolean | null;
export type Row = Readonly<Record<string, Cell>>;

/** RFC 4180 with line feeds; the columns are those of the first row. Null is an empty field. */
export function csv(rows: readonly Row[]): string {
  const columns = Object.keys(rows[0] ?? {});
  const lines = [columns, ...rows.map((row) => columns.map((column) => row[column] ?? null))];
  return lines.map((cells) => `${cells.map((cell) => csvField(cell)).join(',')}\n`).join('');
}

/** Columns aligned, numbers and ranges to the right, a rule below the head. Null is a dash. */
export function textTable(rows: readonly Row[]): string {
  const columns = Object.keys(rows[0] ?? {});
  const body = rows.map((row) => columns.map((column) => cellText(row[column] ?? null)));
  const widths = columns.map((column, i) =>
    Math.max(column.length, ...body.map((cells) => cells[i]!.length)),
  );
  const isNumeric = columns.map((column) =>
    rows.every((row) => NUMERIC.test(cellText(row[column] ?? null))),
  );
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, i) => (isNumeric[i] ? cell.padStart(widths[i]!) : cell.padEnd(widths[i]!)))
      .join('  ')
      .trimEnd();
  const rule = widths.map((width) => '-'.repeat(width));
  return [columns, rule, ...body].map((cells) => `${line(cells)}\n`).join('');
}

/** A number, a range of numbers, or the dash of what did not happen. */
const NUMERIC = /^[-–.,0-9]+$/;

function csvField(cell: Cell): string {
  const text = cell === null ? '' : String(cell);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

function cellText(cell: Cell): string {
  return cell === null ? '-' : String(cell);
}
