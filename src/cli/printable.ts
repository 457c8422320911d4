/**
 * Text that came from other machines, for a terminal.
 *
 * Names and tags are any UTF-8, and any member may choose them: control characters would move the
 * cursor or worse, and those that change the direction of writing would show another name. They
 * are shown as `\u{1b}`. JSON needs none of this but for the few that it leaves as they are.
 */
export function printable(text: string): string {
  return text.replaceAll(/[\p{Cc}\p{Cf}\u2028\u2029]/gu, (one) => {
    return `\\u{${(one.codePointAt(0) ?? 0).toString(16)}}`;
  });
}
