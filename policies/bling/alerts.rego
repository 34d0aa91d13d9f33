package bling

import data.shared.alerts as metrics
import data.shared.verdict

# METADATA
# description: Alerts raised by a window of the server's metrics, by the keys of alerts.yaml.
alerts := verdict.listed(metrics.raised)
