package bling_alerts_test

import data.bling
import data.shared.fixture_test as fixture

window := {
	"total": 100,
	"failed": 50,
	"denied": 0,
	"response_time_s": 0.1,
	"rate_limit_hits_per_minute": 0,
	"authentication_failures": 5,
	"disk_used": 0.1,
	"policy_rejected": false,
	"policy_expires_in_s": 2592000,
	"approved_wait_s": 0,
}

test_alerts_come_as_a_list_by_code if {
	alerts := bling.alerts with input as {"window": window} with data.config as fixture.config
	alerts == [
		{"code": "authentication_failures", "message": "one source keeps failing to authenticate"},
		{"code": "error_rate", "message": "too many calls fail"},
	]
}

# Under alerts.yaml as it is written: a threshold that is moved is moved here as well.
raised(changes) := {alert.code | some alert in alerts} if {
	quiet := object.union(window, {"failed": 0, "authentication_failures": 0})
	alerts := bling.alerts with input as {"window": object.union(quiet, changes)}
}

test_thresholds_are_where_alerts_yaml_puts_them if {
	raised({}) == set()
	raised({"response_time_s": 1.99}) == set()
	raised({"response_time_s": 2}) == {"response_time"}
	raised({"total": 1000, "failed": 49}) == set()
	raised({"total": 1000, "failed": 50}) == {"error_rate"}
	raised({"rate_limit_hits_per_minute": 9}) == set()
	raised({"rate_limit_hits_per_minute": 10}) == {"rate_limit"}
	raised({"authentication_failures": 4}) == set()
	raised({"authentication_failures": 5}) == {"authentication_failures"}
	raised({"disk_used": 0.89}) == set()
	raised({"disk_used": 0.9}) == {"disk_space"}
}
