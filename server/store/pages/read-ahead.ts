/** Rows read at once, at most; of the longest pages 18 MB. */
const MOST_ROWS = 256;

/** Id and body of the rows from `first` to `last`, both included. */
export type RowsBetween = (first: number, last: number) => [id: number, body: Buffer][];

/**
 * Bodies of pages that are asked for in rising order, read many at once: rows that lie side by side cost a third of what each alone
 * does, and a row that is not there nothing. As a disk reads ahead, so does this: twice as far each time the next row asked for lies
 * just behind what was read, and not at all after a jump.
 *
 *     asked   r | r+1 | r+2 .. r+3 | r+6          | 9000
 *     read    r | r+1   r+2 | r+3 .. r+6 | ...    | 9000
 *
 * Good while nobody writes rows.
 */
export class ReadAhead {
  readonly #rows: RowsBetween;
  #bodies = new Map<number, Buffer>();
  #from = 0;
  #length = 0;

  constructor(rows: RowsBetween) {
    this.#rows = rows;
  }

  /** The body of a row; undefined when it is not there. */
  body(row: number): Buffer | undefined {
    if (row < this.#from || row >= this.#from + this.#length) this.#read(row);
    return this.#bodies.get(row);
  }

  #read(row: number): void {
    const end = this.#from + this.#length;
    const length = row >= end && row < end + this.#length ? Math.min(this.#length * 2, MOST_ROWS) : 1;
    this.#length = 0;
    try {
      this.#bodies = new Map(this.#rows(row, row + length - 1));
      this.#length = length;
    } catch (error) {
      // A damaged neighbour is no reason to fail; the row alone tells its own damage.
      if (length === 1) throw error;
      this.#bodies = new Map(this.#rows(row, row));
      this.#length = 1;
    }
    this.#from = row;
  }
}
