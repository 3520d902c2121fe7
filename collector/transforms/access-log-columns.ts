/** Byte range of a field per line; -1 where a line has none. */
export interface TextColumn {
  readonly start: Int32Array;
  readonly end: Int32Array;
}

/** What an access log tells, one row per line; numbers are NaN where a line has none. */
export interface AccessLogColumns {
  readonly host: TextColumn;
  readonly vhost: TextColumn;
  readonly user: TextColumn;
  readonly method: TextColumn;
  readonly path: TextColumn;
  readonly protocol: TextColumn;
  readonly referer: TextColumn;
  readonly agent: TextColumn;
  readonly time: Float64Array;
  readonly status: Float64Array;
  readonly bytes: Float64Array;
  /** Seconds. */
  readonly duration: Float64Array;
}

/** Columns of `length` rows without anything in them. */
export function createColumns(length: number): AccessLogColumns {
  const text = (): TextColumn => ({ start: new Int32Array(length).fill(-1), end: new Int32Array(length).fill(-1) });
  const number = (): Float64Array => new Float64Array(length).fill(Number.NaN);
  return {
    host: text(),
    vhost: text(),
    user: text(),
    method: text(),
    path: text(),
    protocol: text(),
    referer: text(),
    agent: text(),
    time: number(),
    status: number(),
    bytes: number(),
    duration: number(),
  };
}
