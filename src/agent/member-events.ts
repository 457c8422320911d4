/** What an agent is told of members, each event naming one. */
export const MEMBER_EVENTS = [
  'member-joined',
  'member-rejoined',
  'member-suspected',
  'member-refuted',
  'member-failed',
  'member-left',
  'member-evicted',
  'member-updated',
] as const;
