/** What an answer says beside its values, each once. The words and the place at the end are those of Prometheus 3. */
export class Annotations {
  readonly #infos = new Set<string>();
  readonly #warnings = new Set<string>();

  get infos(): readonly string[] {
    return [...this.#infos];
  }

  get warnings(): readonly string[] {
    return [...this.#warnings];
  }

  /** About the data behind the answer. */
  note(text: string): void {
    this.#infos.add(text);
  }

  /** @param place `line:col` of what it is about. */
  info(text: string, place: string): void {
    this.#infos.add(`PromQL info: ${text} (${place})`);
  }

  warn(text: string, place: string): void {
    this.#warnings.add(`PromQL warning: ${text} (${place})`);
  }

  /** Shares of series lie between -1 and 1. */
  checkRatio(ratio: number, place: string): void {
    if (!(Math.abs(ratio) > 1)) return;
    this.warn(`ratio value should be between -1 and 1, got ${ratio}, capping to ${Math.sign(ratio)}`, place);
  }

  /** Quantiles outside 0..1 have answers nobody wants. */
  checkQuantile(quantile: number, place: string): void {
    if (quantile >= 0 && quantile <= 1) return;
    this.warn(`quantile value should be between 0 and 1, got ${quantile}`.replace(/(-?)Infinity$/, '$1Inf'), place);
  }
}
