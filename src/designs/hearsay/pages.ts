/** Cuts a list into parts of at most so many bytes each; at least one, perhaps empty. */
export function paginate<T>(list: readonly T[], bytesOf: (one: T) => number, room: number): T[][] {
  const pages: T[][] = [];
  let page: T[] = [];
  let bytes = 0;
  for (const one of list) {
    const size = bytesOf(one);
    if (bytes + size > room) {
      pages.push(page);
      page = [];
      bytes = 0;
    }
    page.push(one);
    bytes += size;
  }
  pages.push(page);
  return pages;
}
