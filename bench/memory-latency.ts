/**
 * How long a random read takes on this machine just now, in nanoseconds.
 *
 * Large simulations wait for memory more than they compute, and a machine that others share has
 * slow memory: a figure for speed says little without this one. Each read's place depends on the
 * one before, so that none overlap.
 */
export function randomReadNs(megabytes: number): number {
  const places = (megabytes * 2 ** 20) / Int32Array.BYTES_PER_ELEMENT;
  const next = new Int32Array(places);
  for (let i = 0; i < places; i++) next[i] = i;
  // Sattolo's shuffle: one cycle through all places.
  let state = 1;
  for (let i = places - 1; i > 0; i--) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0; // Numerical Recipes' generator.
    const j = Math.floor((state / 2 ** 32) * i);
    [next[i], next[j]] = [next[j]!, next[i]!];
  }
  let place = 0;
  const begun = performance.now();
  for (let i = 0; i < READS; i++) place = next[place]!;
  const ns = ((performance.now() - begun) * 1e6) / READS;
  return place < 0 ? Number.NaN : ns;
}

const READS = 2_000_000;
