import { SENSITIVE_KINDS } from '../contract/vocabulary.ts'
import type { CheckedErp } from '../validate/checked.ts'
import type { DecisionRow } from '../validate/decision-table.ts'

/** What a verification may do. */
export type VerifyReach = 'reads' | 'registers' | 'all'

/** The one role there is. */
export const VERIFIER = 'verifier'

/**
 * The ERP under a policy for its verification: within reach everything is allowed and shown as it is, and nothing beyond
 * it exists. reads: no more than that. registers: no money, no documents. So what a run may do to a real system is
 * enforced by the server like any policy, and no care of the tests.
 */
export function verificationOf(checked: CheckedErp, reach: VerifyReach): CheckedErp {
  const { name, catalogue, config } = checked
  const tools = Object.values(catalogue.tools)
  const within = tools.filter(({ effect, money }) => {
    if (reach === 'all') return effect !== 'fiscal'
    return effect === 'read' || (reach === 'registers' && !money && effect !== 'settle' && effect !== 'fiscal')
  })
  const beyond = tools.filter((tool) => !within.includes(tool)).map((tool) => tool.name)
  const none = { callers: [], persons: [], roles: [], companies: [], tools: beyond }
  const { clear_for: _, guards: __, identity: ___, staleness: ____, ...security } = config.security
  return {
    ...checked,
    config: {
      rbac: {
        // Whoever starts a server signs an approver in.
        roles: { [VERIFIER]: ['read', 'write', 'delete', 'admin'], approver: [] },
        callers: {},
        tools: config.rbac.tools,
        alcada: {},
        revoked: none,
      },
      security: {
        ...security,
        rbac_enabled: true,
        default_role: VERIFIER,
        admin_approval: false,
        token_rotation_s: 86_400,
        // Strangers are tried as well.
        max_failures: 1_000,
        forbidden_effects: [],
        clear_for: {},
      },
      alerts: config.alerts,
      tools: config.tools,
    },
    decisions: { ...checked.decisions, rows: within.flatMap((tool) => rowsOf(checked, tool.name)), indifferent: {} },
    rego: { [`policies/${name}/verification.rego`]: regoOf(name) },
  }
}

// Written out of line: an object literal with a `then` looks like a promise to linters.
const THEN = 'then'

/** What a server tries before it takes the policy: the example of each tool is allowed. */
function rowsOf({ decisions }: CheckedErp, does: string): DecisionRow[] {
  if (decisions.examples[does] === undefined) return []
  const asked = { name: `${VERIFIER} does ${does}`, as: [VERIFIER], does, with: {}, given: {} }
  return [{ ...asked, [THEN]: { effect: 'allow' }, masks: null, place: { line: 1, column: 1 } }]
}

function regoOf(name: string): string {
  return `# METADATA
# title: What a verification may do
package ${name}

import data.config.rbac
import data.config.tools

# METADATA
# description: Within reach everything is allowed, and shown as it is.
default decision := {
	"effect": "deny",
	"reasons": [{"code": "beyond_verification", "message": "not a part of this verification"}],
	"approval": null,
	"mask": [],
	"permission": "admin",
	"granted": false,
}

decision := {
	"effect": "allow",
	"reasons": [],
	"approval": null,
	"mask": [],
	"clear": ${JSON.stringify([...SENSITIVE_KINDS].sort())},
	"permission": input.tool.permission,
	"granted": true,
} if {
	within[input.tool.name] == input.tool.effect
}

# METADATA
# description: The tools within reach, by name and sorted.
visible := sort(object.keys(within))

# METADATA
# description: None are raised.
alerts := []

within[tool] := declared.effect if {
	some tool, declared in tools
	not tool in rbac.revoked.tools
}
`
}
