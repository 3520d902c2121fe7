/** A version of a service that went out. Somebody's word, kept as it was said. Times are ms since the epoch. */
export interface Release {
  readonly id: string;
  readonly service: string;
  readonly version: string;
  readonly time: number;
  /** Who marked it. */
  readonly by: string;
  readonly note?: string;
}

/** The body of `POST /api/vigie/releases`. The same service, version and time are one marker, however often they are sent. */
export interface ReleaseRequest {
  readonly service: string;
  readonly version: string;
  /** Default: now, or the time of the same version of the same service when that was marked within the last ten minutes. */
  readonly time?: number;
  readonly by: string;
  readonly note?: string;
}

/** `GET /api/vigie/releases?service=`: newest first. */
export interface ReleasesAnswer {
  readonly releases: readonly Release[];
}

/** As long a span before a release as after it: up to what is known, a day at most, and no further than the next release. */
export interface ReleaseFigures {
  readonly span_secs: number;
  readonly before: SpanFigures;
  readonly after: SpanFigures;
}

export interface SpanFigures {
  readonly total: number;
  readonly bad: number;
  /** good / total; absent without traffic. */
  readonly attained?: number;
  /** Burn rate over the span; absent without traffic. */
  readonly rate?: number;
}

/** A release on the page of an SLO; without figures while nothing is known of the time after it. */
export interface ShownRelease extends Release {
  readonly compared?: ReleaseFigures;
}

/** `GET /api/vigie/releases/:id`: a release, and what every SLO of its service says of it. */
export interface ReleaseComparison {
  readonly release: Release;
  readonly slos: readonly { readonly id: string; readonly objective: number; readonly compared?: ReleaseFigures }[];
}
