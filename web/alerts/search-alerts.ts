import type { Alert } from '../../server/model/alerts.ts';

/** Those whose title, SLO, service or owner contains every word of the text. */
export function searchAlerts(alerts: readonly Alert[], text: string): readonly Alert[] {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  return alerts.filter(({ title, slo, service, owner }) => {
    const all = `${title}\n${slo}\n${service}\n${owner}`.toLowerCase();
    return words.every((word) => all.includes(word));
  });
}
