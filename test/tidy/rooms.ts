/** Every design has the same rooms, and every public door opens into one. */
import type { Problem } from './source.ts';

const rooms = ['messages.ts', 'config.ts', 'protocol.ts', 'codec.ts', 'index.ts', 'README.md'];

export function missingRooms(paths: readonly string[]): Problem[] {
  const present = new Set(paths);
  const designs = new Set(paths.flatMap((path) => path.match(/^src\/designs\/[^/]+(?=\/)/) ?? []));
  return [...designs].flatMap((design) =>
    rooms
      .filter((room) => !present.has(`${design}/${room}`))
      .map((room) => ({ path: design, line: 1, what: `this design lacks ${room}` })),
  );
}

interface Manifest {
  readonly exports?: unknown;
  readonly bin?: unknown;
}

/** Targets of `exports` and `bin` that no source file is compiled to. */
export function deadExports(manifest: Manifest, paths: readonly string[]): Problem[] {
  return [...targets(manifest.exports), ...targets(manifest.bin)].flatMap((target) => {
    const path = target.replace(/^\.\//, '');
    const source = path.replace(/^dist\//, 'src/').replace(/(\.d\.ts|\.js)$/, '.ts');
    const [before = '', after = ''] = source.split('*');
    const found = source.includes('*')
      ? paths.some((one) => one.startsWith(before) && one.endsWith(after))
      : paths.includes(source);
    return found ? [] : [{ path: 'package.json', line: 1, what: `${target} has no source` }];
  });
}

function targets(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  if (typeof value !== 'object' || value === null) return [];
  return Object.values(value).flatMap(targets);
}
