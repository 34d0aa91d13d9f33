# METADATA
# title: How much is read at once and in a day
package shared.export

import data.config.security
import data.config.tools

deny["rows_unknown"] := "it is not known how many rows the call would read" if not rows_known

deny["rows_above_cap"] := "that are more rows than one call may read" if not within_call

deny["rows_today_above_cap"] := "with what was read today, that are more rows than a person may read in a day" if not within_day

deny["filter_missing"] := "the whole list is not given out: narrow it by a text of three characters or more" if not narrowed

guard := security.guards.export

rows_known if guard == null

rows_known if unpaged

rows_known if is_number(input.facts.rows)

unpaged if {
	facts := tools[input.tool.name].facts
	not "rows" in facts
}

within_call if guard == null

# Unknown rows are refused as unknown, above.
within_call if input.facts.rows == null

within_call if {
	is_number(input.facts.rows)
	input.facts.rows <= guard.rows_per_call
}

within_day if guard == null

within_day if input.tool.effect != "read"

within_day if uncounted

within_day if input.history.rows_today + wanted <= guard.rows_per_day

uncounted if {
	entity := tools[input.tool.name].entity
	not entity in guard.entities
}

# METADATA
# description: Rows the call may add. A read that is no list gives at least one.
default wanted := 1

wanted := input.facts.rows if is_number(input.facts.rows)

narrowed if guard == null

narrowed if unpaged

narrowed if {
	entity := tools[input.tool.name].entity
	not entity in guard.filter_required
}

narrowed if input.facts.filtered
