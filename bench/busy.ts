/** How busy this process has been since: figures by the wall clock mean little without it. */
export class Busy {
  readonly #cpu = process.cpuUsage();
  readonly #begun = performance.now();

  /** One core is 100 %. */
  get text(): string {
    const { user, system } = process.cpuUsage(this.#cpu);
    const share = (user + system) / 1000 / (performance.now() - this.#begun);
    return `process ${Math.round(100 * share)} % busy`;
  }
}
