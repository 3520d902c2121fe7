import { join } from 'node:path';
import { editorLine, SLO_SCHEMA_FILE } from '../../../rules/files/editor-line.ts';
import { SHOP_SERVICES } from './requests.ts';

/** The machines of the shop; each has a collector of its own. The server is beside that of `web-1`. */
export const HOSTS = ['web-1', 'web-2', 'mail-1'] as const;
export type DemoHost = (typeof HOSTS)[number];

export function servicesOn(host: DemoHost): readonly string[] {
  return host === 'mail-1' ? ['newsletter'] : SHOP_SERVICES;
}

/** Beside the configurations. */
export const CONFIG_SCHEMA_FILE = 'config.schema.json';

export interface DemoAddresses {
  /** The folder of the demo, absolute. */
  readonly folder: string;
  /** Where the pages are. */
  readonly listen: string;
  /** Where the collector of `web-1` takes syslog. */
  readonly syslog: string;
}

export function configPath(folder: string, host: DemoHost): string {
  return join(folder, host === 'web-1' ? 'vigie.yaml' : `${host}.yaml`);
}

export function logPath(folder: string, host: string, service: string): string {
  return join(folder, 'log', host, `${service}.log`);
}

export function dataDirOf(folder: string): string {
  return join(folder, 'data');
}

/** The configuration of one machine: what a person would write for it. JSON strings are YAML. */
export function configText(host: DemoHost, { folder, listen, syslog }: DemoAddresses): string {
  const sources = servicesOn(host).map((service) => {
    const include = JSON.stringify(logPath(folder, host, service)).replaceAll('$', '$$$$');
    return `  ${service}: {type: file, include: [${include}], service: ${service}, attributes: {host: ${host}}, poll: 250ms, read_block: 256KiB}\n`;
  });
  const isServer = host === 'web-1';
  const interfaces = host === 'mail-1' ? '' : `  host: {type: host_metrics, host: ${host}}\n`;
  const messages = isServer
    ? `  syslog: {type: syslog, mode: [tcp], address: ${JSON.stringify(syslog)}, timezone: UTC}\n`
    : '';
  const services = servicesOn(host).join(', ');
  return `${editorLine(CONFIG_SCHEMA_FILE)}# Written by \`vigie demo\` for ${host}, anew at each start.
name: ${host}
data_dir: ${isServer ? 'data' : `data/${host}`}
${isServer ? `listen: ${JSON.stringify(listen)}\nslos: slos\nstore: {logs: {max_age: 100d}}\n` : ''}
sources:
${sources.join('')}${interfaces}${messages}
transforms:
  access: {type: parse, inputs: [${services}], format: vhost_combined, duration: us}
  web_log: {type: web_log, inputs: [access]}
  requests:
    type: log_to_metric
    inputs: [access]
    metrics:
      - {type: counter, name: http_requests_total, tags: &tags {service: "{{service}}", vhost: "{{vhost}}", method: "{{method}}", status: "{{status}}"}}
      - {type: counter, name: http_response_bytes_total, value_field: bytes, tags: *tags}
      - {type: histogram, name: http_request_duration_seconds, field: duration, buckets: [0.05, 0.1, 0.25, 0.5, 1, 2.5], tags: *tags}
${isServer ? MESSAGES : ''}
sinks:
  vigie:
    type: vigie
    inputs: [access, requests, web_log${host === 'mail-1' ? '' : ', host'}${isServer ? ', syslog, messages' : ''}]
`;
}

const MESSAGES = `  messages:
    type: log_to_metric
    inputs: [syslog]
    metrics:
      - {type: counter, name: syslog_messages_total, tags: {host: "{{host}}", app: "{{app}}", facility: "{{facility}}", severity: "{{severity}}"}}
`;

/** Objectives that between them stand in every state there is. */
export const SLO_TEXT = `${editorLine(SLO_SCHEMA_FILE)}# Written by \`vigie demo\`, anew at each fresh start.
slos:
  - id: checkout-availability
    title: Requests to checkout succeed
    service: checkout
    owner: team-pay
    objective: 99.95%
    window: 30d
    availability: {total: 'http_requests_total{service="checkout"}', bad: 'http_requests_total{service="checkout",status=~"5.."}'}

  - id: checkout-removals
    title: Goods can be taken out of the basket
    service: checkout
    owner: team-pay
    objective: 99%
    window: 30d
    minimum_events: 10000
    availability: {total: 'http_requests_total{service="checkout",method="DELETE"}', bad: 'http_requests_total{service="checkout",method="DELETE",status=~"5.."}'}

  - id: shop-availability
    title: Requests to shop succeed
    service: shop
    owner: team-shop
    objective: 99.5%
    window: 30d
    availability: {total: 'http_requests_total{service="shop"}', bad: 'http_requests_total{service="shop",status=~"5.."}'}

  - id: shop-latency
    title: Requests to shop take at most 250 ms
    service: shop
    owner: team-shop
    objective: 95%
    window: 30d
    latency: {histogram: 'http_request_duration_seconds{service="shop"}', threshold: 250ms}

  - id: shop-beta
    title: Requests to the beta of shop succeed
    service: shop
    owner: team-shop
    objective: 99%
    window: 30d
    minimum_events: 10
    alerts: none
    availability: {total: 'http_requests_total{service="shop",vhost="beta.shop.example"}', bad: 'http_requests_total{service="shop",vhost="beta.shop.example",status=~"5.."}'}

  - id: api-availability
    title: Requests to api succeed
    service: api
    owner: team-api
    objective: 99.9%
    window: 30d
    availability: {total: 'http_requests_total{service="api"}', bad: 'http_requests_total{service="api",status=~"5.."}'}

  - id: api-latency
    title: Requests to api take at most 500 ms
    service: api
    owner: team-api
    objective: 95%
    window: 30d
    latency: {histogram: 'http_request_duration_seconds{service="api"}', threshold: 500ms}

  - id: api-v1-availability
    title: Requests to the first version of api succeed
    service: api
    owner: team-api
    objective: 99%
    window: 3d
    availability: {total: 'http_requests_total{service="api",vhost="v1.api.shop.example"}', bad: 'http_requests_total{service="api",vhost="v1.api.shop.example",status=~"5.."}'}

  - id: newsletter-availability
    title: Requests to newsletter succeed
    service: newsletter
    owner: team-shop
    objective: 99%
    window: 30d
    availability: {total: 'http_requests_total{service="newsletter"}', bad: 'http_requests_total{service="newsletter",status=~"5.."}'}
`;
