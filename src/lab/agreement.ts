/** Whether all nodes of a trial believe the same: that all of them live. */
import type { Trial } from './trial.ts';

export function allAlive(trial: Trial): boolean {
  const checksum = trial.checksum(0);
  for (let node = 0; node < trial.size; node++) {
    if (trial.live(node) !== trial.size || trial.checksum(node) !== checksum) return false;
  }
  return troubled(trial).size === 0;
}

/** Names that some view holds as suspect, dead or gone. */
export function troubled(trial: Trial): Set<string> {
  const names = new Set<string>();
  for (let node = 0; node < trial.size; node++) {
    for (const { name, status } of trial.members(node)) if (status !== 'alive') names.add(name);
  }
  return names;
}
