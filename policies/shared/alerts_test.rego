package shared.alerts_test

import data.shared.alerts
import data.shared.fixture_test as fixture

quiet := {
	"total": 240,
	"failed": 6,
	"denied": 100,
	"response_time_s": 1.99,
	"rate_limit_hits_per_minute": 9,
	"authentication_failures": 4,
	"disk_used": 0.89,
	"policy_rejected": false,
	"policy_expires_in_s": 259201,
	"approved_wait_s": 1799,
}

raised(changes) := object.keys(found) if {
	found := alerts.raised with input as {"window": object.union(quiet, changes)} with data.config as fixture.config
}

test_below_every_threshold_it_is_quiet if raised({}) == set()

test_at_its_threshold_each_alert_is_raised if {
	raised({"response_time_s": 2}) == {"response_time"}
	raised({"failed": 7}) == {"error_rate"}
	raised({"rate_limit_hits_per_minute": 10}) == {"rate_limit"}
	raised({"authentication_failures": 5}) == {"authentication_failures"}
	raised({"disk_used": 0.9}) == {"disk_space"}
	raised({"policy_rejected": true}) == {"policy_rejected"}
	raised({"policy_expires_in_s": 259200}) == {"policy_expiry"}
	raised({"approved_wait_s": 1800}) == {"approval_not_executed"}
}

test_denied_calls_are_no_part_of_the_error_rate if raised({"failed": 7, "denied": 99}) == set()

test_what_may_be_without_limit_is_still_raised if {
	raised({"policy_expires_in_s": 0}) == {"policy_expiry"}
	raised({"authentication_failures": 1000000}) == {"authentication_failures"}
}

test_of_no_calls_none_failed if raised({"total": 100, "failed": 0}) == set()

test_one_call_that_fails_is_all_that_failed if raised({"total": 1, "failed": 1, "denied": 0}) == {"error_rate"}

test_a_share_of_many_calls_is_told_exactly if {
	raised({"total": 1000000, "failed": 49999, "denied": 0}) == set()
	raised({"total": 1000000, "failed": 50000, "denied": 0}) == {"error_rate"}
}

test_shares_of_other_sizes_are_told_exactly if {
	half := object.union(fixture.config, {"alerts": {"error_rate": {"threshold": 0.5}}})
	most := object.union(fixture.config, {"alerts": {"error_rate": {"threshold": 0.9}}})
	calls := {"total": 10000, "denied": 0}
	at_half := alerts.raised with input as {"window": object.union(quiet, object.union(calls, {"failed": 5000}))}
		with data.config as half
	below_most := alerts.raised with input as {"window": object.union(quiet, object.union(calls, {"failed": 8999}))}
		with data.config as most
	object.keys(at_half) == {"error_rate"}
	below_most == {}
}
