import type { SloDefinition } from '../slo-definition.ts';
import type { Exported } from './exported.ts';
import { exportOpenSlo } from './openslo-export.ts';
import { exportPrometheusRules } from './prometheus-export.ts';
import { exportPyrra } from './pyrra-export.ts';
import { exportSloth } from './sloth-export.ts';

export type ExportFormat = 'openslo' | 'sloth' | 'pyrra' | 'prometheus-rules';

const EXPORTS: Readonly<Record<ExportFormat, (slos: readonly SloDefinition[]) => Exported>> = {
  openslo: exportOpenSlo,
  sloth: exportSloth,
  pyrra: exportPyrra,
  'prometheus-rules': exportPrometheusRules,
};

export function exportSlos(format: ExportFormat, slos: readonly SloDefinition[]): Exported {
  return EXPORTS[format](slos);
}
