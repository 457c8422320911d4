// `npm run lock`, after every change of dependencies: completes package-lock.json.
//
// Native tools (oxlint, oxfmt, oxc-parser) list one optional package for each platform. Where a
// registry lacks some of them, `npm install` leaves those out of the lockfile and `npm ci` then
// refuses the file. So they are entered here: version from the parent, platform from the name.
// Without an integrity they are checked by version only, on the platforms that install them.
import { readFileSync, writeFileSync } from 'node:fs';

const lock = JSON.parse(readFileSync('package-lock.json', 'utf8'));
const packages = lock.packages;
const holes = Object.entries(packages).flatMap(([path, { optionalDependencies = {} }]) =>
  Object.entries(optionalDependencies)
    .filter(
      ([name]) => !packages[`${path}/node_modules/${name}`] && !packages[`node_modules/${name}`],
    )
    .map(([name, version]) => ({ name, version, dev: packages[path].dev })),
);

for (const { name, version, dev } of holes) {
  const { os, cpu, libc } = platform(name);
  packages[`node_modules/${name}`] = {
    version,
    cpu,
    ...(dev && { dev }),
    libc,
    optional: true,
    os,
  };
}
const sorted = Object.entries(packages).toSorted(([a], [b]) => a.localeCompare(b, 'en'));
lock.packages = Object.fromEntries(sorted);
writeFileSync('package-lock.json', `${JSON.stringify(lock, null, 2)}\n`);
process.stderr.write(`package-lock.json: ${holes.length} platform packages completed\n`);

/** `@oxlint/binding-linux-arm64-musl` → as in its package.json: os linux, cpu arm64, libc musl. */
function platform(name) {
  const system = 'android|darwin|freebsd|linux|openharmony|win32';
  const found = name.match(new RegExp(`(${system})-([a-z0-9]+)-?(\\w+)?$`));
  if (!found) throw new Error(`${name} is missing from the lockfile and names no platform`);
  const [, os, cpu, abi = ''] = found;
  const libc = { gnu: 'glibc', musl: 'musl' }[abi];
  return { os: [os], cpu: [cpu], libc: os === 'linux' && libc ? [libc] : undefined };
}
