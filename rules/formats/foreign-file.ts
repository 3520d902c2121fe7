import { type FileRemark, isRecord, openYamlDocuments, type Path, type Place } from '../files/yaml-file.ts';
import type { ParseSelector } from '../indicator.ts';
import type { ForeignDocument, ForeignFiles } from './foreign-slo.ts';
import { readOpenSlo } from './openslo.ts';
import { PYRRA, readPyrra } from './pyrra.ts';
import { readSloth } from './sloth.ts';
import { SLOTH, SLOTH_RESOURCE } from './sloth-schema.ts';

type Format = 'openslo' | 'sloth' | 'pyrra';

/** Whether a document, or the first of a list of documents, is of another tool. */
export function isForeign(content: unknown): boolean {
  return formatOf(Array.isArray(content) ? content[0] : content) !== undefined;
}

function formatOf(content: unknown): Format | undefined {
  if (!isRecord(content)) return undefined;
  const { apiVersion, version, kind } = content;
  if (typeof apiVersion === 'string' && /^openslo(?:\.com)?\//.test(apiVersion)) return 'openslo';
  if (version === SLOTH.version) return 'sloth';
  if (apiVersion === SLOTH_RESOURCE.apiVersion && kind === SLOTH_RESOURCE.kind) return 'sloth';
  return apiVersion === PYRRA.apiVersion && kind === PYRRA.kind ? 'pyrra' : undefined;
}

/** Reads the files of other tools, all together, since objects of OpenSLO refer to those of other files. */
export function readForeignFiles(
  files: readonly { readonly path: string; readonly text: string }[],
  parseSelector: ParseSelector,
): ForeignFiles {
  const documents: Record<Format, ForeignDocument[]> = { openslo: [], sloth: [], pyrra: [] };
  const problems: FileRemark[] = [];
  for (const { content, place } of files.flatMap(({ path, text }) => documentsOf(path, text))) {
    const format = formatOf(content);
    if (format !== undefined && isRecord(content)) documents[format].push({ content, place });
    else problems.push(place([], UNKNOWN));
  }
  const read = [
    readOpenSlo(documents.openslo, parseSelector),
    readSloth(documents.sloth, parseSelector),
    readPyrra(documents.pyrra, parseSelector),
  ];
  return {
    slos: read.flatMap(({ slos }) => slos),
    problems: [...problems, ...read.flatMap((one) => one.problems)],
    losses: read.flatMap(({ losses }) => losses),
  };
}

const UNKNOWN =
  'got a document of no kind that is read; want apiVersion: openslo/v1, version: prometheus/v1, ' +
  'sloth.slok.dev/v1 PrometheusServiceLevel or pyrra.dev/v1alpha1 ServiceLevelObjective';

/** Every document; one that is a list, as OpenSLO has them, is as many. Documents that are empty say nothing. */
function documentsOf(path: string, text: string): readonly { readonly content: unknown; readonly place: Place }[] {
  return openYamlDocuments(path, text, 'texts').flatMap(({ content, place }) => {
    if (content === null) return [];
    if (!Array.isArray(content)) return [{ content, place }];
    return content.map((one: unknown, i) => ({
      content: one,
      place: (at: Path, message: string, offset?: number) => place([i, ...at], message, offset),
    }));
  });
}
