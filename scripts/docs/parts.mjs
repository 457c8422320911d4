// All made parts and pictures of the documentation, by name.
import { agentOptions, controlRoutes } from './agent.mjs';
import { benchLines } from './bench.mjs';
import { benchHistory } from './bench-history.mjs';
import { clusterEvents, clusterMembers, joinOptions, sharingMembers } from './cluster.mjs';
import { liveComparison } from './comparison.mjs';
import { complaintTable } from './complaints.mjs';
import { errorCodes, exitCodes } from './errors.mjs';
import { eventBytes, eventPicture, eventRates, eventWays } from './event-cost.mjs';
import { eventHealing, healingPicture } from './event-healing.mjs';
import { hearsayMessages, hearsayOptions, hearsayTimers, partMessages } from './hearsay.mjs';
import { flapScene } from './flap.mjs';
import { housePicture, houseTable } from './house.mjs';
import { designComparison } from './lab.mjs';
import { demo, scene, command } from './live.mjs';
import { mergeTable, precedenceOrder, suspicionPresets, suspicionTable } from './membership.mjs';
import { rumorRounds, rumorStopRules } from './rumor.mjs';
import { checkers, faults, replay, simulatedPartition } from './simulation.mjs';
import { syncPicture, syncTable } from './sync.mjs';
import { exploredLeader, io, sharedState, together } from './testing.mjs';
import { frameBytes, newsBytes, packetBytes, packetKinds, wireLimits } from './wire.mjs';

export const parts = {
  house: { make: houseTable },
  'join-options': { make: joinOptions },
  'cluster-members': { make: clusterMembers },
  'sharing-members': { make: sharingMembers },
  'cluster-events': { make: clusterEvents },
  help: { make: () => command('--help') },
  'agent-options': { make: agentOptions },
  'control-routes': { make: controlRoutes },
  'error-codes': { make: errorCodes },
  'exit-codes': { make: exitCodes },
  'hearsay-messages': { make: hearsayMessages },
  'part-messages': { make: partMessages },
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
  faults: { make: faults },
  checkers: { make: checkers },
  replay: { make: replay },
  'explored-leader': { make: exploredLeader },
  io: { make: io },
  'shared-state': { make: sharedState },
  together: { make: together },
  'simulated-partition': { make: simulatedPartition },
  'rumor-rounds': { make: rumorRounds },
  'rumor-stop-rules': { make: rumorStopRules },
  'rumor-push-pull': {
    make: () => command('sim rumor --mode push-pull --nodes 100000 --runs 20'),
  },
  'rumor-mongering': {
    make: () => command('sim rumor --stop feedback-counter --k 2 --runs 300'),
  },
  'sync-table': { make: syncTable },
  'event-bytes': { make: eventBytes, slow: true },
  'event-ways': { make: eventWays, slow: true },
  'event-rates': { make: eventRates, slow: true },
  'event-healing': { make: eventHealing, slow: true },
  'predict-crash': { make: () => command('sim detect --design hearsay --nodes 4 --runs 20') },
  'predict-power-off': {
    make: () => command('sim detect --design hearsay --nodes 4 --runs 20 --power-off'),
  },
  'predict-hundred': {
    make: () => command('sim detect --design hearsay --nodes 100 --loss 0.05 --runs 20'),
  },
  'design-comparison': { make: () => designComparison('en'), slow: true },
  'design-comparison-zh': { make: () => designComparison('zh'), slow: true },
  demo: { make: demo, slow: true },
  complaints: { make: complaintTable },
  bench: { make: benchLines },
  'bench-history': { make: benchHistory },
  'live-comparison': { make: () => liveComparison('en') },
  'live-comparison-zh': { make: () => liveComparison('zh') },
  ...Object.fromEntries(
    ['first', 'second', 'third', 'members', 'kill', 'all', 'restart', 'leave', 'program'].map(
      (name) => [`first-cluster-${name}`, { make: () => scene(name), slow: true }],
    ),
  ),
  ...Object.fromEntries(
    ['members', 'paused', 'accused', 'cut', 'crashed', 'info'].map((name) => [
      `flap-${name}`,
      { make: () => flapScene(name), slow: true },
    ]),
  ),
};

export const pictures = {
  'docs/house.svg': { make: housePicture },
  'docs/sync-bytes.svg': { make: syncPicture },
  'docs/event-cost.svg': { make: eventPicture, slow: true },
  'docs/event-healing.svg': { make: healingPicture, slow: true },
};
