import { gunzipSync, gzipSync } from 'node:zlib';
import { VigieError } from '../model/errors.ts';
import type { PackedReport, ReportMail } from '../model/report-mail.ts';

/** Leaves room in a document for the names around it. */
const MAX_PACKED = 28_000;
/** What is unpacked was packed here: the bound guards against a store that somebody else wrote. */
const MAX_UNPACKED = 16 * 2 ** 20;

/** Packs the first of the variants that fits: the fullest comes first. Throws `too_large` when none does. */
export function packReport(id: string, subject: string, variants: readonly PackedReport[]): ReportMail {
  for (const variant of variants) {
    const packed = gzipSync(JSON.stringify(variant), { level: 9 }).toString('base64');
    if (packed.length <= MAX_PACKED) return { id, report: true, subject, packed };
  }
  throw new VigieError('too_large', `cannot mail report ${id}: even its summary is larger than a message may be`);
}

export function unpackReport({ packed }: ReportMail): PackedReport {
  const text = gunzipSync(Buffer.from(packed, 'base64'), { maxOutputLength: MAX_UNPACKED }).toString('utf8');
  return JSON.parse(text) as PackedReport;
}
