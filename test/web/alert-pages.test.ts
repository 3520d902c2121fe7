import { h } from 'preact';
import { renderToString } from 'preact-render-to-string';
import { describe, expect, test } from 'vitest';
import type { Alert } from '../../server/model/alerts.ts';
import { alertLabelValues } from '../../web/alerts/alert-label-values.ts';
import { searchAlerts } from '../../web/alerts/search-alerts.ts';
import { OverviewPage } from '../../web/overview/overview-page.tsx';
import { firingAlert } from '../support/alerts.ts';
import { gateAnswer, NOW, sloStatus } from './statuses.ts';

describe('the overview', () => {
  const page = (alerts: readonly Alert[]) =>
    renderToString(h(OverviewPage, { slos: [sloStatus()], gate: gateAnswer(), alerts, now: NOW }));
  const firing = firingAlert();
  test('has one line for all alerts that fire', () => {
    expect(page([firing])).toContain(`An alert fires: ${firing.title}`);
    expect(page([firing, firing])).toContain(`2 alerts fire, first ${firing.title}`);
  });
  test('has none for what is only suspected', () => {
    expect(page([{ ...firing, state: 'pending' }])).not.toContain('/alerts');
    expect(page([])).not.toContain('/alerts');
  });
});

test('the labels offered for a silence are those alerts have, with the values there are', () => {
  const slos = [
    sloStatus({ id: 'b', labels: { part: 'api' } }),
    sloStatus({ id: 'a', service: 'blog', labels: { part: 'db', constructor: 'x' } }),
  ];
  expect(alertLabelValues(slos)).toEqual({
    slo: ['a', 'b'],
    service: ['blog', 'shop'],
    owner: ['team-shop'],
    tier: ['page', 'ticket'],
    part: ['api', 'db'],
    constructor: ['x'],
  });
});

describe('search in the history', () => {
  const alerts = [
    firingAlert({ id: 'one', title: 'Requests succeed' }),
    firingAlert({ id: 'two', title: 'Quick answers' }),
  ];
  const f = (text: string, want: string[]) =>
    test(`"${text}"`, () => expect(searchAlerts(alerts, text).map(({ slo }) => slo)).toEqual(want));
  f('', ['one', 'two']);
  f('QUICK', ['two']);
  f('succeed one', ['one']);
  f('nothing', []);
});
