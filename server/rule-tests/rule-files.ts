import type { FileRemark } from '../../rules/files/yaml-file.ts';
import { type RuleFile, readRuleFile } from '../../rules/prometheus/rule-file.ts';
import { checkTemplate } from '../../rules/prometheus/template/expand.ts';
import { type RuleTestFile, readTestFile } from '../../rules/prometheus/test-file.ts';
import { parse, parseMetric } from '../promql/parse.ts';

/** A Prometheus rule file, its expressions and templates checked. */
export function ruleFileOf(file: string, text: string): RuleFile {
  return readRuleFile(file, text, { checkExpression: parse, checkTemplate });
}

/** A test file of promtool, its series checked; expressions are part of what is tested. */
export function testFileOf(file: string, text: string): { tests?: RuleTestFile; problems: readonly FileRemark[] } {
  return readTestFile(file, text, parseMetric);
}
