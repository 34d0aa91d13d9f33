# METADATA
# title: Money moves while somebody is there to see it
package shared.hours

import data.config.security
import data.config.tools
import data.shared.safety

deny["outside_hours"] := "this is done on business days and in working hours only" if not in_hours

guard := security.guards.hours

in_hours if guard == null

# Both the declared effect and the one that the arguments raise it to.
in_hours if {
	input.tool.effect in free_effects
	tools[input.tool.name].effect in free_effects
}

in_hours if {
	input.time.zone == guard.zone
	guard.from <= input.time.hour
	input.time.hour < guard.until
	open_day
}

free_effects contains effect if {
	some effect, _ in safety.gravity
	not effect in guard.effects
}

open_day if guard.business_days == false

# METADATA
# description: A weekday that is no holiday, among the days whose holidays are known.
open_day if {
	input.time.weekday in {1, 2, 3, 4, 5}
	guard.calendar_from <= input.time.date
	input.time.date <= guard.calendar_until
	object.get(guard.holidays, input.time.date, false) == false
}
