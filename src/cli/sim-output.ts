/** How experiments run and print: progress to stderr, one table or JSON to stdout. */

/** Runs a plan; says on stderr how far it is, where that is a terminal and the work is long. */
export function runAll<O, R>(plan: readonly O[], run: (options: O) => R): R[] {
  const begun = Date.now();
  let shown = false;
  const results = plan.map((options, i) => {
    const result = run(options);
    if (process.stderr.isTTY && Date.now() - begun > QUIET_MS && i + 1 < plan.length) {
      process.stderr.write(`\r${i + 1} of ${plan.length} runs`);
      shown = true;
    }
    return result;
  });
  if (shown) process.stderr.write(`\r${' '.repeat(PROGRESS_COLUMNS)}\r`);
  return results;
}

/** Work shorter than this needs no progress. */
const QUIET_MS = 1000;
const PROGRESS_COLUMNS = 40;

/** One object, or an array of all. */
export function printJson(results: readonly object[], single: boolean): void {
  process.stdout.write(`${JSON.stringify(single ? results[0] : results, undefined, 2)}\n`);
}

/** A number with so many digits after the point; null for what never happened. */
export function numberText(value: number, digits: number): string | null {
  return Number.isFinite(value) ? value.toFixed(digits) : null;
}

/** How to have the same again. */
export function runLabel(
  results: readonly { readonly seed: number; readonly traceHash: string }[],
): string {
  const seeds = new Set(results.map(({ seed }) => seed));
  const [first] = results;
  return seeds.size === 1 && results.length === 1
    ? `\nseed ${first!.seed}, trace ${first!.traceHash}\n`
    : `\nseeds ${Math.min(...seeds)}–${Math.max(...seeds)}\n`;
}
