/**
 * Which links carry the payloads of one origin, and which only word of them.
 *
 * Plumtree (Leitão, Pereira, Rodrigues 2007), a tree for each origin: every link begins eager; a
 * payload that came before on another link is answered by *prune*, and that link carries only
 * announcements from then on; who misses a payload *grafts* the link that announced it. The link
 * that was first stays the parent: pushing over it is pushing along the shortest path that flooding
 * would have found. Two bits for each link, which is a number from 0 to 31.
 */
export class SpreadTree {
  /** The link that payloads come from; −1: none, or this node is the origin. */
  parent = -1;
  /** Links that this node has asked to send no payloads. */
  #hushed = 0;
  /** Links that have asked this node so. */
  #lazy = 0;

  /** Whether payloads go out over this link. */
  isEager(link: number): boolean {
    return ((this.#lazy >>> link) & 1) === 0;
  }

  /** Whether this node wants payloads over this link, as far as it has said. */
  isWanted(link: number): boolean {
    return ((this.#hushed >>> link) & 1) === 0;
  }

  /** A payload not known before has come. */
  fresh(link: number): void {
    if (this.parent < 0 || this.isWanted(link)) this.parent = link;
  }

  /** A payload has come again. True: that link should be told to send no more. */
  duplicate(link: number): boolean {
    if (link === this.parent || !this.isWanted(link)) return false;
    this.#hushed |= 1 << link;
    return true;
  }

  /** Payloads shall come over this link: a payload was missed that it has. */
  graft(link: number): void {
    this.#hushed &= ~(1 << link);
    this.parent = link;
  }

  /** The other side wants payloads from this node, or none. */
  asked(link: number, eager: boolean): void {
    if (eager) this.#lazy &= ~(1 << link);
    else this.#lazy |= 1 << link;
  }

  /** A link has ended, or begins: it is eager both ways. True: payloads came from there. */
  reset(link: number): boolean {
    this.#hushed &= ~(1 << link);
    this.#lazy &= ~(1 << link);
    if (this.parent !== link) return false;
    this.parent = -1;
    return true;
  }

  /** Nobody is the parent: whoever is first next will be. Returns the links to tell. */
  openAll(): number {
    const told = this.#hushed;
    this.#hushed = 0;
    this.parent = -1;
    return told;
  }
}
