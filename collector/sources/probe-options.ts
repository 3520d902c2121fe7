import { isIP } from 'node:net';
import { z } from 'zod';
import { duration, size } from '../options.ts';

const name = z.string().min(1).max(100);
const path = z.string().min(1);

/** `host:port`, a v6 address in brackets. */
const endpoint = z.string().transform((text, context) => {
  const [, v6, host, port] = /^(?:\[([0-9a-fA-F:.]+)\]|([^\s:/[\]]+)):(\d{1,5})$/.exec(text) ?? [];
  const found = { host: v6 ?? host ?? '', port: Number(port) };
  if (found.host !== '' && found.port > 0 && found.port < 65_536) return found;
  context.addIssue({
    code: 'custom',
    message: `got ${JSON.stringify(text)}; want an endpoint such as "db.example.org:5432"`,
  });
  return z.NEVER;
});

/** Stays a text: options cross to the thread of the collector. */
const webAddress = z.string().transform((text, context): string => {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url !== undefined && /^https?:$/.test(url.protocol) && url.username === '' && url.password === '')
    return url.href;
  const want = 'an address such as "https://shop.example.org/health", without user and password';
  context.addIssue({ code: 'custom', message: `got ${JSON.stringify(text)}; want ${want}` });
  return z.NEVER;
});

/** `200`, or `2xx` for a hundred of them. */
const status = z.string().regex(/^[1-5](?:\d\d|xx)$/, 'want a status such as "200" or "2xx"');

const httpSchema = z.strictObject({
  check: z.literal('http'),
  name,
  url: webAddress,
  method: z.enum(['GET', 'HEAD']).default('GET'),
  status: z.array(status).min(1).default(['2xx']),
  /** Text that the body must hold. */
  body: z.string().min(1).optional(),
  /** Redirects followed; one more is a failure. */
  redirects: z.number().int().min(0).max(10).default(5),
  ca_file: path.optional(),
});

const tcpSchema = z.strictObject({ check: z.literal('tcp'), name, address: endpoint });

const tlsSchema = z.strictObject({
  check: z.literal('tls'),
  name,
  address: endpoint,
  /** The name the certificate must be for; the host unless given. */
  server_name: z.string().min(1).optional(),
  ca_file: path.optional(),
});

const dnsSchema = z.strictObject({
  check: z.literal('dns'),
  name,
  query: z.string().min(1).max(253),
  record: z.enum(['A', 'AAAA', 'CNAME', 'MX', 'NS', 'TXT']).default('A'),
  /** Address and port of the server asked; the servers of this machine unless given. */
  server: endpoint
    .refine(({ host }) => isIP(host) !== 0, 'want the address of the server, such as "192.0.2.53:53"')
    .optional(),
  /** Text that one of the records must be. */
  answer: z.string().min(1).optional(),
});

const targetSchema = z.discriminatedUnion('check', [httpSchema, tcpSchema, tlsSchema, dnsSchema]);

/** An address or a network, such as `127.0.0.1` or `10.0.0.0/8`. */
const network = z.string().transform((text, context) => {
  const [address = '', bits] = text.split('/');
  const version = isIP(address);
  const most = version === 6 ? 128 : 32;
  const prefix = bits === undefined ? most : /^\d{1,3}$/.test(bits) ? Number(bits) : Number.NaN;
  if (version !== 0 && prefix <= most) return { address, prefix, family: version === 6 ? 'ipv6' : 'ipv4' } as const;
  context.addIssue({ code: 'custom', message: `got ${JSON.stringify(text)}; want a network such as "10.0.0.0/8"` });
  return z.NEVER;
});
export type Network = z.output<typeof network>;

const targets = z
  .array(targetSchema)
  .min(1, 'want at least one target')
  .max(1000, 'want at most 1000 targets')
  .superRefine((all, context) => {
    for (const [i, target] of all.entries()) {
      if (all.findIndex((other) => other.name === target.name) === i) continue;
      const message = `the target ${JSON.stringify(target.name)} is there already; want another name`;
      context.addIssue({ code: 'custom', path: [i, 'name'], message });
    }
  });

export const probeSchema = z
  .strictObject({
    type: z.literal('probe'),
    /** Targets are probed at whole multiples of it. */
    interval: duration(1000, 3_600_000).prefault('30s'),
    /** Of one probe, from looking its name up to the end of its answer. */
    timeout: duration(100, 300_000).prefault('5s'),
    max_concurrent: z.number().int().min(1).max(256).default(16),
    /** Read of one body at most. */
    max_body: size(0, 16 * 2 ** 20).prefault('64KiB'),
    /** Networks that may be probed although they are private, of this machine, or metadata of a cloud. */
    allow: z.array(network).default([]),
    targets,
  })
  .refine(({ interval, timeout }) => timeout <= interval, {
    path: ['timeout'],
    message: 'want a timeout of the interval at most',
  });

export type ProbeOptions = z.output<typeof probeSchema>;
export type ProbeTarget = ProbeOptions['targets'][number];
export type TargetOf<Check extends ProbeTarget['check']> = Extract<ProbeTarget, { check: Check }>;
