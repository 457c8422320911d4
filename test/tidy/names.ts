/** File names: one concept each, in kebab-case, and none that is a drawer for everything. */
import { isCode, type Problem, type Source } from './source.ts';

const drawer = /^(utils?|types?|helpers?|constants?|misc|common)$/;
const kebab = /^[a-z0-9]+(-[a-z0-9]+)*(\.[a-z]+)*$/;

export function vagueNames(sources: readonly Source[]): Problem[] {
  return sources.flatMap(({ path }) => {
    if (!isCode(path)) return [];
    const name = path.slice(path.lastIndexOf('/') + 1).replace(/(\.test)?\.\w+$/, '');
    const folder = path
      .split('/')
      .slice(0, -1)
      .find((part) => drawer.test(part));
    if (folder !== undefined) return [{ path, line: 1, what: `folder ${folder} says nothing` }];
    if (drawer.test(name)) return [{ path, line: 1, what: `the name ${name} says nothing` }];
    if (!kebab.test(name)) return [{ path, line: 1, what: `the name ${name} is not kebab-case` }];
    return [];
  });
}
