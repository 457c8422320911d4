/** Relative links in Markdown that point to nothing. */
import { posix } from 'node:path';
import type { Problem, Source } from './source.ts';

export function deadLinks(
  sources: readonly Source[],
  exists: (path: string) => boolean,
): Problem[] {
  return sources.flatMap(({ path, text }) => {
    if (!path.endsWith('.md')) return [];
    return withoutCode(text)
      .split('\n')
      .flatMap((content, index) =>
        [...content.matchAll(/\]\(<?([^)\s>]+)>?[^)]*\)|^\[[^\]]+\]:\s*(\S+)/g)]
          .map((link) => link[1] ?? link[2] ?? '')
          .filter((target) => !isFound(path, target, exists))
          .map((target) => ({ path, line: index + 1, what: `dead link ${target}` })),
      );
  });
}

function isFound(from: string, target: string, exists: (path: string) => boolean): boolean {
  if (/^([a-z]+:|#)/.test(target)) return true; // Elsewhere, or on this page.
  const file = decodeURIComponent(target.replace(/#.*$/, ''));
  return exists(posix.join(posix.dirname(from), file));
}

/** Code blocks and spans blanked, lines kept. */
function withoutCode(text: string): string {
  const blank = (code: string): string => code.replaceAll(/[^\n]/g, ' ');
  return text.replaceAll(/^( *)(```+|~~~+).*?^ *\2/gms, blank).replaceAll(/`[^`\n]*`/g, blank);
}
