#!/usr/bin/env node
import { prepare } from './prepare.mjs';

await prepare();
const { runCli } = await import('../../dist/server/cli/main.js');
await runCli(process.argv);
