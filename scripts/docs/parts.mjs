// All made parts and pictures of the documentation, by name.
import { clusterEvents, clusterMembers, joinOptions } from './cluster.mjs';
import { errorCodes } from './errors.mjs';
import { hearsayMessages, hearsayOptions, hearsayTimers } from './hearsay.mjs';
import { housePicture, houseTable } from './house.mjs';
import { mergeTable, precedenceOrder, suspicionPresets, suspicionTable } from './membership.mjs';
import { frameBytes, newsBytes, packetBytes, packetKinds, wireLimits } from './wire.mjs';

export const parts = {
  house: { make: houseTable },
  'join-options': { make: joinOptions },
  'cluster-members': { make: clusterMembers },
  'cluster-events': { make: clusterEvents },
  'error-codes': { make: errorCodes },
  'hearsay-messages': { make: hearsayMessages },
  'hearsay-timers': { make: hearsayTimers },
  'hearsay-options': { make: hearsayOptions },
  'precedence-order': { make: precedenceOrder },
  'merge-table': { make: mergeTable },
  'suspicion-table': { make: suspicionTable },
  'suspicion-presets': { make: suspicionPresets },
  'packet-bytes': { make: packetBytes },
  'frame-bytes': { make: frameBytes },
  'news-bytes': { make: newsBytes },
  'packet-kinds': { make: packetKinds },
  'wire-limits': { make: wireLimits },
};

export const pictures = {
  'docs/house.svg': housePicture,
};
