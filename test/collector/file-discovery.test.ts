import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { discoverAccessLogs, serviceOf } from '../../collector/sources/discovery.ts';

test('the service in the name of a log', () => {
  const f = (name: string, want: string | undefined): void => expect(serviceOf(name, 'apache'), name).toBe(want);
  f('access.log', 'apache');
  f('access_log', 'apache');
  f('other_vhosts_access.log', 'apache');
  f('ssl_access_log', 'apache');
  f('shop-access.log', 'shop');
  f('shop.access.log', 'shop');
  f('shop_access_log', 'shop');
  f('shop-ssl-access.log', 'shop');
  f('access-shop.log', 'shop');
  f('www.example.org-access.log', 'www.example.org');
  f('www.example.org_access.log', 'www.example.org');
  f('big-shop-access.log', 'big-shop');
  f('error.log', undefined);
  f('shop-error.log', undefined);
  f('accessory.log', undefined);
  f('access.log.1', undefined);
  f('access.log-20260101', undefined);
  f('access.log.2.gz', undefined);
});

test('the logs of a machine', () => {
  const root = mkdtempSync(join(tmpdir(), 'discovery-'));
  const make = (path: string): void => writeFileSync(join(root, path), '');
  for (const directory of ['apache2', 'nginx/access']) mkdirSync(join(root, 'var/log', directory), { recursive: true });
  for (const name of ['access.log', 'access.log.1', 'error.log', 'shop-access.log']) make(`var/log/apache2/${name}`);
  make('var/log/nginx/access.log');
  symlinkSync(join(root, 'nowhere'), join(root, 'var/log/nginx/gone-access.log'));
  make('var/log/httpd');
  expect(discoverAccessLogs(root)).toEqual([
    { path: join(root, 'var/log/apache2/access.log'), service: 'apache', kind: 'apache', readable: true },
    { path: join(root, 'var/log/apache2/shop-access.log'), service: 'shop', kind: 'apache', readable: true },
    { path: join(root, 'var/log/nginx/access.log'), service: 'nginx', kind: 'nginx', readable: true },
    { path: join(root, 'var/log/nginx/gone-access.log'), service: 'gone', kind: 'nginx', readable: false },
  ]);
  rmSync(root, { recursive: true });
});

test('a machine without web servers, and a log directory that cannot be listed', () => {
  const root = mkdtempSync(join(tmpdir(), 'discovery-'));
  expect(discoverAccessLogs(root)).toEqual([]);
  mkdirSync(join(root, 'var/log'), { recursive: true });
  const circle = join(root, 'var/log/nginx');
  symlinkSync(circle, circle);
  expect(discoverAccessLogs(root)).toEqual([{ path: circle, service: 'nginx', kind: 'nginx', readable: false }]);
  rmSync(root, { recursive: true });
});
