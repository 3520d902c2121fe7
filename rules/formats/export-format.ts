import type { SloDefinition } from '../slo-definition.ts';
import type { Exported } from './exported.ts';
import { exportOpenSlo } from './openslo-export.ts';
import { exportPrometheusRules } from './prometheus-export.ts';
import { exportSloth } from './sloth-export.ts';

export type ExportFormat = 'openslo' | 'sloth' | 'prometheus-rules';

const EXPORTS: Readonly<Record<ExportFormat, (slos: readonly SloDefinition[]) => Exported>> = {
  openslo: exportOpenSlo,
  sloth: exportSloth,
  'prometheus-rules': exportPrometheusRules,
};

export function exportSlos(format: ExportFormat, slos: readonly SloDefinition[]): Exported {
  return EXPORTS[format](slos);
}
