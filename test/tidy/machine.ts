/** Traces of the machine that a file was written on: its paths, its registry. */
import type { Problem, Source } from './source.ts';

const path = /(?<![\w.~*-])\/(?:work|root|home)\//;
const registryHost = 'registry|npm|artifactory|nexus|verdaccio|proxy';
const domain = 'org|com|io|net|dev|local|internal';
const registry = new RegExp(`\\b(?:${registryHost})\\.[\\w-]+\\.(?:${domain})\\b`);

export function machineTraces(sources: readonly Source[], ownRegistry?: string): Problem[] {
  return sources.flatMap((source) =>
    source.text.split('\n').flatMap((content, index) => {
      const found = path.exec(content) ?? registry.exec(content);
      const own = ownRegistry !== undefined && ownRegistry !== '' && content.includes(ownRegistry);
      if (found === null && !own) return [];
      const what = found === null ? 'the registry of this machine' : `machine's ${found[0]}`;
      return [{ path: source.path, line: index + 1, what }];
    }),
  );
}

interface Lock {
  readonly packages: Readonly<Record<string, { readonly [field: string]: unknown }>>;
}

/** A lockfile that names no registry and knows every platform's packages (see scripts/lock.mjs). */
export function lockfileHoles(lock: Lock): Problem[] {
  const problems: Problem[] = [];
  const complain = (what: string): void => {
    problems.push({ path: 'package-lock.json', line: 1, what });
  };
  for (const [at, entry] of Object.entries(lock.packages)) {
    if (entry['resolved'] !== undefined) complain(`${at} names where it came from`);
    for (const name of Object.keys(entry['optionalDependencies'] ?? {})) {
      const known =
        lock.packages[`${at}/node_modules/${name}`] ?? lock.packages[`node_modules/${name}`];
      if (known === undefined) complain(`${name} is missing: npm run lock`);
    }
  }
  return problems;
}
