import { VigieError } from '../../../server/model/errors.ts';
import type { Command, Node, Nodes, Operand, Pipe } from './syntax.ts';
import { Fields, isTrue, typeName, type Value, valueText } from './value.ts';

export type TemplateFunction = (...args: readonly Value[]) => Value;

/** What a range may be long: labels and results of queries. */
const MAX_OUTPUT = 1_000_000;

/** Fills a template in. Throws VigieError `execution`. @param variables with their `$`; `$` itself is the dot of the start. */
export function execute(
  nodes: Nodes,
  variables: ReadonlyMap<string, Value>,
  functions: ReadonlyMap<string, TemplateFunction>,
): string {
  const execution = new Execution(functions);
  return execution.list(nodes, variables.get('$'), new Scope(variables));
}

class Scope {
  readonly #values: Map<string, Value>;
  readonly #outer: Scope | undefined;

  constructor(values: ReadonlyMap<string, Value> = new Map(), outer?: Scope) {
    this.#values = new Map(values);
    this.#outer = outer;
  }

  get(name: string): Value {
    if (this.#values.has(name)) return this.#values.get(name);
    if (this.#outer === undefined) throw failed(`undefined variable "${name}"`);
    return this.#outer.get(name);
  }

  declare(name: string, value: Value): void {
    this.#values.set(name, value);
  }

  assign(name: string, value: Value): void {
    if (this.#values.has(name)) this.#values.set(name, value);
    else if (this.#outer === undefined) throw failed(`undefined variable "${name}"`);
    else this.#outer.assign(name, value);
  }
}

class Execution {
  readonly #functions: ReadonlyMap<string, TemplateFunction>;
  #length = 0;

  constructor(functions: ReadonlyMap<string, TemplateFunction>) {
    this.#functions = functions;
  }

  list(nodes: Nodes, dot: Value, scope: Scope): string {
    return nodes.map((node) => this.#node(node, dot, scope)).join('');
  }

  #node(node: Node, dot: Value, scope: Scope): string {
    if (node.node === 'text') return this.#put(node.text);
    if (node.node === 'action') {
      const value = this.#assigned(node.pipe, dot, scope);
      return node.pipe.variables.length > 0 ? '' : this.#put(valueText(value));
    }
    const inner = new Scope(undefined, scope);
    if (node.node === 'range') return this.#range(node, dot, inner);
    const value = this.#assigned(node.pipe, dot, inner);
    if (!isTrue(value)) return this.list(node.otherwise, dot, inner);
    return this.list(node.body, node.node === 'with' ? value : dot, inner);
  }

  #range({ pipe, body, otherwise }: Extract<Node, { pipe: Pipe; body: Nodes }>, dot: Value, scope: Scope): string {
    const entries = entriesOf(this.#pipe(pipe, dot, scope));
    if (entries.length === 0) return this.list(otherwise, dot, scope);
    return entries
      .map(([key, element]) => {
        const inner = new Scope(undefined, scope);
        const [first, second] = pipe.variables;
        if (first !== undefined) inner.declare(first, second === undefined ? element : key);
        if (second !== undefined) inner.declare(second, element);
        return this.list(body, element, inner);
      })
      .join('');
  }

  #assigned(pipe: Pipe, dot: Value, scope: Scope): Value {
    const value = this.#pipe(pipe, dot, scope);
    for (const name of pipe.variables) {
      if (pipe.declares) scope.declare(name, value);
      else scope.assign(name, value);
    }
    return value;
  }

  #pipe({ commands }: Pipe, dot: Value, scope: Scope): Value {
    let piped: readonly Value[] = [];
    for (const command of commands) piped = [this.#command(command, dot, scope, piped)];
    return piped[0];
  }

  /** What was piped becomes the last argument. */
  #command([first, ...rest]: Command, dot: Value, scope: Scope, piped: readonly Value[]): Value {
    if (first === undefined) throw failed('a value is missing');
    const args = [...rest.map((operand) => this.#operand(operand, dot, scope)), ...piped];
    if (first.base === 'function') return fieldsOf(this.#call(first.name, args), first.fields);
    if (args.length > 0) throw failed(`can't give argument to non-function`);
    return this.#operand(first, dot, scope);
  }

  #operand(operand: Operand, dot: Value, scope: Scope): Value {
    return fieldsOf(this.#base(operand, dot, scope), operand.fields);
  }

  #base(operand: Operand, dot: Value, scope: Scope): Value {
    switch (operand.base) {
      case 'literal':
        return operand.value;
      case 'dot':
        return dot;
      case 'variable':
        return scope.get(operand.name);
      case 'function':
        return this.#call(operand.name, []);
      case 'pipe':
        return this.#pipe(operand.pipe, dot, scope);
    }
  }

  #call(name: string, args: readonly Value[]): Value {
    const known = this.#functions.get(name);
    if (known === undefined) throw failed(`function "${name}" not defined`);
    try {
      return known(...args);
    } catch (error) {
      if (error instanceof VigieError) throw failed(`error calling ${name}: ${error.message}`);
      throw error;
    }
  }

  #put(text: string): string {
    this.#length += text.length;
    if (this.#length > MAX_OUTPUT) throw failed(`it makes more than ${MAX_OUTPUT} characters`);
    return text;
  }
}

function fieldsOf(value: Value, fields: readonly string[]): Value {
  return fields.reduce((inner, field) => {
    if (inner instanceof Map) return (inner.get(field) as Value) ?? '';
    if (inner instanceof Fields && Object.hasOwn(inner.fields, field)) return inner.fields[field];
    throw failed(`can't evaluate field ${field} in type ${typeName(inner)}`);
  }, value);
}

function entriesOf(value: Value): readonly (readonly [Value, Value])[] {
  if (value === undefined) return [];
  if (Array.isArray(value)) return value.map((element: Value, i) => [BigInt(i), element] as const);
  if (value instanceof Map) return [...(value as ReadonlyMap<string, Value>)].sort(([a], [b]) => (a < b ? -1 : 1));
  throw failed(`range can't iterate over ${valueText(value)}`);
}

function failed(cause: string): VigieError {
  return new VigieError('execution', cause);
}
