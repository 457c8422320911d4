/** What a node holds now, and what it has turned away because that is bounded. */
export interface Load {
  /** Names known, in whatever status: at most as many as the address book keeps routes. */
  readonly members: number;
  readonly suspicions: number;
  /** Of the dead, the departed and the evicted. */
  readonly certificates: number;
  /** Members that there is news of. */
  readonly hot: number;
  /** Questions being asked for others; at most 1,024. */
  readonly relays: number;
  /** Newcomers being served; at most 1,024. */
  readonly admissions: number;
  /** News in views that are being read; at most 131,072. */
  readonly told: number;
  /** Members that a stream was lately opened to; at most 4,096. */
  readonly dialled: number;
  /** Since the life began. */
  readonly turnedAway: {
    /** News of lives that claim to begin more than a day from now. */
    readonly starts: number;
    /** News of members that the address book had no room for. */
    readonly members: number;
    readonly relays: number;
    readonly admissions: number;
    /** Requests for this node's whole view. */
    readonly exchanges: number;
    /** Views that came in too many or too long pieces. */
    readonly readings: number;
  };
}
