# METADATA
# title: Nothing is written into closed books
package shared.period

import data.config.security
import data.config.tools

deny["period_unknown"] := "it is not known which accounting period this belongs to: state its date" if not period_known

deny["period_locked"] := "its date falls into a period whose books are closed" if not period_open

guard := security.guards.period_lock

lock := guard.locked_until[input.caller.company]

unlocked if guard == null

unlocked if input.tool.effect == "read"

unlocked if object.get(guard.locked_until, input.caller.company, null) == null

period_known if unlocked

period_known if {
	accrual_known
	issue_known
}

# METADATA
# description: What the catalogue says is known of every call of this tool.
declared := tools[input.tool.name].facts

accrual_known if not "accrual_date" in declared

accrual_known if is_string(input.facts.accrual_date)

issue_known if not "issue_date" in declared

issue_known if is_string(input.facts.issue_date)

period_open if unlocked

period_open if {
	accrual_open
	issue_open
}

# An unknown period is refused as unknown, above.
accrual_open if input.facts.accrual_date == null

# Text dates in ISO form sort as dates do.
accrual_open if {
	is_string(input.facts.accrual_date)
	input.facts.accrual_date > lock
}

issue_open if input.facts.issue_date == null

issue_open if {
	is_string(input.facts.issue_date)
	input.facts.issue_date > lock
}
