/** A report on its way to somebody, as it was when it was due. */
export interface ReportMail {
  /** `report-week-<start>`: a lane of its own in the journal. */
  readonly id: string;
  readonly report: true;
  readonly subject: string;
  /** gzip of the JSON of a PackedReport, base64: a page of many SLOs is larger than a document may be. */
  readonly packed: string;
}

export interface PackedReport {
  readonly text: string;
  readonly html: string;
}
