# METADATA
# title: What somebody should hear about, from the metrics of a window
package shared.alerts

import data.config.alerts

# METADATA
# description: The alerts raised, by the key they have in alerts.yaml.
raised["response_time"] := "calls take longer than they may" if {
	input.window.response_time_s >= alerts.response_time.threshold_s
}

raised["error_rate"] := "too many calls fail" if {
	decided := input.window.total - input.window.denied
	decided > 0

	# In ten-thousandths, since 0.05 * 140 is more than 7 in floating point.
	input.window.failed * 10000 >= decided * round(alerts.error_rate.threshold * 10000)
}

raised["rate_limit"] := "the rate limit is hit too often" if {
	input.window.rate_limit_hits_per_minute >= alerts.rate_limit.threshold_per_minute
}

raised["authentication_failures"] := "one source keeps failing to authenticate" if {
	input.window.authentication_failures >= alerts.authentication_failures.threshold
}

raised["disk_space"] := "the disk is nearly full" if input.window.disk_used >= alerts.disk_space.threshold

raised["policy_rejected"] := "the newest bundle was refused" if input.window.policy_rejected

raised["policy_expiry"] := "the policy in force ends soon" if {
	input.window.policy_expires_in_s <= alerts.policy_expiry.threshold_s
}

raised["approval_not_executed"] := "an approved call was not made" if {
	input.window.approved_wait_s >= alerts.approval_not_executed.threshold_s
}
