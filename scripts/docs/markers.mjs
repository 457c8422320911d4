// Made parts inside a Markdown file: from `<!-- made by: name -->` to `<!-- end: name -->`.

const part = /<!-- made by: ([\w-]+) -->\n[\s\S]*?<!-- end: \1 -->/g;

/** The names of the parts that a text has room for. */
export function madeParts(text) {
  return [...text.matchAll(part)].map(([, name]) => name);
}

/** The text with these parts in place; others stay as they are. */
export function replaceParts(text, made) {
  return text.replaceAll(part, (before, name) => {
    const body = made.get(name);
    if (body === undefined) return before;
    return `<!-- made by: ${name} -->\n\n${body.trim()}\n\n<!-- end: ${name} -->`;
  });
}
