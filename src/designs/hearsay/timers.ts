/** What `wake` is called with. Arguments in brackets. */
export const Timer = {
  /** The next probe period begins. */
  Period: 0,
  /** A direct ping has had its time [seq]. */
  Indirect: 1,
  /** A refusal was met twice, and the member had its last chance to answer [seq]. */
  Refused: 2,
  /** A question by packet is not answered yet: a stream tries too [seq]. */
  Stream: 3,
  /** A helper tells the asker that its ping was not answered [seq]. */
  Nack: 4,
  /** A helper forgets what it was asked [seq]. */
  RelayEnd: 5,
  /** Hot news goes to a few members. */
  Gossip: 6,
  /** The accused is asked once more [slot]. */
  Question: 7,
  /** A suspicion becomes a death [slot]. */
  Verdict: 8,
  /** A full exchange with a random member. */
  Exchange: 9,
  /** A newcomer's repeated exchanges [how many before]. */
  Settle: 10,
  /** A dead member or a seed is tried again. */
  Reconnect: 11,
  /** The seeds are asked again for admission [tries before]. */
  Join: 12,
  /** A newcomer gets its answer, whatever is known by now [seq]. */
  Admit: 13,
  /** Old certificates are dropped. */
  Sweep: 14,
  /** A leaving node stops, spread or not. */
  Depart: 15,

  /** Data lately written goes to a few members. */
  DataGossip: 20,
  /** Data is compared with that of a random member [number of the wait]. */
  DataCompare: 21,
  /** Writes to the map wait for what a member knows; perhaps too long [number of the wait]. */
  DataLearn: 22,
  /** Large values on their way: what does not come is asked for again [number of the tick]. */
  Values: 23,
  /** Forged versions of own state are answered, and members told what is not forged. */
  DataWord: 24,

  /** What waits on a link, for company or an acknowledgement, has had its time [index]. */
  TopicFlow: 30,
  /** Links are looked after. */
  TopicLinks: 31,
  /** Events that are missing are asked for. */
  TopicFetch: 32,
  /** Events that a node has are compared with those of a random member. */
  TopicCompare: 33,
  /** A publisher waits for room in its queue. */
  TopicRoom: 34,

  /** A query goes out, now that its asker knows its id [number of the query]. */
  QueryBegin: 40,
  /** Members that have said nothing to a query are asked directly [number of the query]. */
  QueryFollow: 41,
  /** A query's time is up [number of the query]. */
  QueryEnd: 42,
  /** A copy of a query is not known to have come [its number]. */
  QueryDelivery: 43,
  /** The asker of a query is told, or told again, what becomes of it [number of the reply]. */
  QueryReply: 44,
  /** Queries that are over are forgotten. */
  QueryTidy: 45,
} as const;
