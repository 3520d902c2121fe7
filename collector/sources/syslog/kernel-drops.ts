/**
 * Datagrams the kernel dropped for sockets bound to a port, because their receive buffer was full: the last column of /proc/net/udp
 * and /proc/net/udp6 (Linux, Documentation/networking/proc_net_tcp.rst and net/ipv4/udp.c).
 */
export function kernelDrops(table: string, port: number): number {
  const wanted = `:${port.toString(16).toUpperCase().padStart(4, '0')}`;
  let drops = 0;
  for (const line of table.split('\n').slice(1)) {
    const columns = line.trim().split(/\s+/);
    if (columns[1]?.endsWith(wanted)) drops += Number(columns.at(-1)) || 0;
  }
  return drops;
}
