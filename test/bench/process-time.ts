import { readFileSync } from 'node:fs';

/** Linux counts process times in hundredths of a second (USER_HZ, proc(5)). */
const TICKS_PER_SEC = 100;

/** User and system time of a process: proc(5), fields 14 and 15 of its stat. */
export function cpuSecsOf(pid: number): number {
  return statSum(String(pid), 14);
}

/** The same of our children that have ended: fields 16 and 17. */
export function childCpuSecs(): number {
  return statSum('self', 16);
}

function statSum(process: string, first: number): number {
  // The second field, the name, may hold blanks; what follows its closing bracket is fields 3 and up.
  const fields = readFileSync(`/proc/${process}/stat`, 'utf8')
    .replace(/^.*\) /s, '')
    .split(' ');
  return (Number(fields[first - 3]) + Number(fields[first - 2])) / TICKS_PER_SEC;
}
