/** For tests that run what users run: the compiled program. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('..', import.meta.url));

/** Builds what is stale; longer than any build is {@link BUILD_MS_MAX}. */
export function ensureBuilt(): void {
  const build = spawnSync(process.execPath, [join(root, 'scripts', 'build.mjs')]);
  if (build.status !== 0) throw new Error(`the build failed: ${String(build.stderr)}`);
}

export const BUILD_MS_MAX = 300_000;
