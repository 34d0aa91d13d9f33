# METADATA
# title: How much may be settled in all, by caller, person, company and counterparty
package shared.totals

import data.config.rbac

deny["total_above_limit"] := "with what was settled before, the amount is above a total of rbac.yaml" if not within_totals

within_totals if rbac.totals == null

within_totals if input.tool.effect != "settle"

# An unknown amount is refused as unknown, by the alçada.
within_totals if input.facts.amount == null

within_totals if {
	every limit in rbac.totals.limits {
		input.history.settled[limit.of][limit.over] + input.facts.amount <= limit.up_to
	}
}
