import type { CatalogueTool } from './catalogue.ts'
import type { Config } from './config.ts'
import type { DecisionInput } from './decision-input.ts'
import { effectOf } from './effect.ts'
import { type FactsSource, factsOf } from './facts.ts'
import { stricter } from './permission.ts'

/** What a call does with these arguments, and the permission it asks for: by the catalogue, or stricter by rbac.yaml. */
export function consequenceOf(
  tool: CatalogueTool,
  { rbac }: Config,
  args: FactsSource['args'],
): ReturnType<typeof effectOf> {
  const configured = Object.hasOwn(rbac.tools, tool.name) ? rbac.tools[tool.name] : undefined
  return effectOf(tool, configured === undefined ? tool.permission : stricter(tool.permission, configured), args)
}

/**
 * The part of a decision's input that follows from the call alone. A server and a decision table both begin here, at
 * arguments and resolved records, so that a table cannot say what a server would not do.
 */
export function callInput(
  tool: CatalogueTool,
  config: Config,
  { args, resolved }: FactsSource,
): Pick<DecisionInput, 'tool' | 'args' | 'facts'> {
  const { effect, permission } = consequenceOf(tool, config, args)
  return {
    tool: {
      name: tool.name,
      entity: tool.entity,
      effect,
      permission,
      reversible: tool.reversible,
      money: tool.money,
      sensitive: tool.sensitiveFields.map(({ pointer, kind }) => ({ pointer, kind })),
    },
    args: { ...args },
    facts: factsOf(tool.facts, { args, resolved }),
  }
}
