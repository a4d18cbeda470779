/** A series that an expression reads. */
export interface Selector {
  name: string;
  matchers: { label: string; operator: string; value: string }[];
  /** In brackets behind it; null where there is none. */
  range: string | null;
}

/** What an expression is made of. */
export interface Expression {
  selectors: Selector[];
  /** Labels that it groups by. */
  grouped: string[];
  functions: string[];
}

const token =
  /\s*(?:(\d+(?:\.\d+)?)|([a-zA-Z_:][a-zA-Z0-9_:]*)|("(?:[^"\\]|\\.)*")|(=~|!~|!=|==|>=|<=|[=<>+\-*/(){},]|\[[^\]]*\]))/y;
const aggregations = new Set(['sum', 'max', 'min', 'avg', 'count']);
/** Functions, and of what: a range of a series, or a value. */
const functions: Readonly<Record<string, 'range' | 'values'>> = {
  rate: 'range',
  increase: 'range',
  last_over_time: 'range',
  histogram_quantile: 'values',
  clamp_max: 'values',
  clamp_min: 'values',
};

/**
 * Parses the part of PromQL that dashboards of ours are written in, and nothing beyond it: selectors, the functions above, aggregations,
 * arithmetic, comparisons. Throws on anything else, on a range where a value belongs and the other way round.
 */
export function parsePromql(text: string): Expression {
  const tokens: string[] = [];
  token.lastIndex = 0;
  while (token.lastIndex < text.trimEnd().length) {
    const at = token.lastIndex;
    const match = token.exec(text);
    if (match === null) throw new Error(`no PromQL at ${text.slice(at)}`);
    tokens.push(match[0].trim());
  }
  const found: Expression = { selectors: [], grouped: [], functions: [] };
  let next = 0;
  const peek = (): string => tokens[next] ?? '';
  const take = (wanted?: string): string => {
    const taken = tokens[next++];
    if (taken === undefined || (wanted !== undefined && taken !== wanted))
      throw new Error(`expected ${wanted ?? 'more'} and found ${taken} in ${text}`);
    return taken;
  };
  const name = (): string => {
    const taken = take();
    if (!/^[a-zA-Z_:]/.test(taken)) throw new Error(`expected a name and found ${taken} in ${text}`);
    return taken;
  };

  /** Operands and operators in turn; precedence decides no name. */
  const expression = (): void => {
    operand();
    while (/^([+\-*/]|==|!=|>=|<=|<|>)$/.test(peek())) {
      take();
      operand();
    }
  };
  const labels = (): void => {
    take('(');
    found.grouped.push(name());
    while (peek() === ',') {
      take();
      found.grouped.push(name());
    }
    take(')');
  };
  const operand = (range = false): void => {
    if (!range && /^\d/.test(peek())) return void take();
    if (!range && peek() === '(') {
      take();
      expression();
      return void take(')');
    }
    const called = name();
    if (aggregations.has(called) && !range) {
      found.functions.push(called);
      if (peek() === 'by') {
        take();
        labels();
      }
      take('(');
      expression();
      return void take(')');
    }
    const of = functions[called];
    if (of !== undefined && !range) {
      found.functions.push(called);
      take('(');
      if (of === 'range') operand(true);
      else expression();
      while (of === 'values' && peek() === ',') {
        take();
        expression();
      }
      return void take(')');
    }
    if (peek() === '(') throw new Error(`no function ${called} in ${text}`);
    selector(called, range);
  };
  const selector = (called: string, range: boolean): void => {
    const matchers: Selector['matchers'] = [];
    if (peek() === '{') {
      take();
      while (peek() !== '}') {
        const label = name();
        const operator = take();
        if (!/^(=|!=|=~|!~)$/.test(operator)) throw new Error(`no matcher ${operator} in ${text}`);
        matchers.push({ label, operator, value: JSON.parse(take()) as string });
        if (peek() !== '}') take(',');
      }
      take('}');
    }
    const bracket = peek().startsWith('[') ? take().slice(1, -1) : null;
    if ((bracket !== null) !== range) throw new Error(`a range in the wrong place in ${text}`);
    found.selectors.push({ name: called, matchers, range: bracket });
  };

  expression();
  if (next < tokens.length) throw new Error(`more than an expression: ${tokens.slice(next).join(' ')} in ${text}`);
  return found;
}
