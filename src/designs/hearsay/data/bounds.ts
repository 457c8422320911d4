/** Whether there is room for an entry, in its owner's state or in the map, and in all. */
import type { Entry } from '../../../blocks/data/index.ts';
import type { Tuning } from '../shared.ts';
import { entryBytes } from '../data-codec.ts';
import type { Store } from './store.ts';

/** What has no room left; undefined: the entry fits. */
export function fullFor(entry: Entry, store: Store, config: Tuning): string | undefined {
  const known = store.cellOf(entry);
  const bytes = entryBytes(entry) - (known?.bytes ?? 0);
  const more = known === undefined ? 1 : 0;
  if (bytes <= 0 && more === 0) return undefined; // Smaller than what it replaces.
  if (store.bytes + bytes > config.dataBytesMax) return `${config.dataBytesMax} bytes of data`;
  if (entry.type === 'map') {
    if (store.map.cells.size + more <= config.mapEntriesMax) return undefined;
    return `${config.mapEntriesMax} keys of the map`;
  }
  const shelf = store.stateOf(entry.owner);
  if ((shelf?.cells.size ?? 0) + more > config.stateEntriesMax) {
    return `${config.stateEntriesMax} keys of one node's state`;
  }
  if ((shelf?.bytes ?? 0) + bytes > config.stateBytesMax) {
    return `${config.stateBytesMax} bytes of one node's state`;
  }
  return undefined;
}
