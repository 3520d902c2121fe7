import type { Log } from '../../server/runtime/log.ts';
import type { ComponentContext, Source, SourceOutput } from '../component.ts';
import { SyslogRun } from './syslog/syslog-run.ts';
import type { SyslogOptions } from './syslog-options.ts';

/**
 * Receives syslog over UDP and TCP (RFC 3164, 5424, 6587). What arrives is in memory until its first commit, at most a tenth of a
 * second later: a kill loses that much, a stop commits it, and what comes after it counts exactly once. TCP is held back when the
 * queue is full; UDP cannot be.
 *
 * Drops by reason: `kernel_receive_buffer` (datagrams the kernel dropped), `queue_full` (datagrams we did), `stopped` (messages for
 * which a stop found no room), `peer_not_allowed`, `too_many_connections`, `empty_message`. Errors by type: `bad_frame`,
 * `torn_frame`, `message_cut`, `connection_lost`, `no_priority`, `ahead_of_time`, `unreadable`; their messages are kept.
 */
export function createSyslogSource(options: SyslogOptions, context: ComponentContext, log: Log): Source {
  return {
    type: 'syslog',
    replayable: false,
    run: (output: SourceOutput) => new SyslogRun(options, context, log, output).follow(),
  };
}
