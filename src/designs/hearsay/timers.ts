/** What `wake` is called with. Arguments in brackets. */
export const Timer = {
  /** The next probe period begins. */
  Period: 0,
  /** A direct ping has had its time [seq]. */
  Indirect: 1,
  /** A refusal was met twice, and the member had its last chance to answer [seq]. */
  Refused: 2,
  /** A helper tells the asker that its ping was not answered [seq]. */
  Nack: 3,
  /** A helper forgets what it was asked [seq]. */
  RelayEnd: 4,
  /** Hot news goes to a few members. */
  Gossip: 5,
  /** The accused is asked once more [slot]. */
  Question: 6,
  /** A suspicion becomes a death [slot]. */
  Verdict: 7,
  /** A full exchange with a random member. */
  Exchange: 8,
  /** A newcomer's repeated exchanges [how many before]. */
  Settle: 9,
  /** A dead member or a seed is tried again. */
  Reconnect: 10,
  /** The seeds are asked again for admission [tries before]. */
  Join: 11,
  /** A newcomer gets its answer, whatever is known by now [seq]. */
  Admit: 12,
  /** Old certificates are dropped. */
  Sweep: 13,
  /** A leaving node stops, spread or not. */
  Depart: 14,
} as const;
