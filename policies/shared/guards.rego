# METADATA
# title: What security.guards refuses
package shared.guards

import data.shared.bank
import data.shared.deletes
import data.shared.export
import data.shared.hours
import data.shared.period

# METADATA
# description: By code. Each guard is switched on by its key in security.yaml.
deny := object.union_n([bank.deny, deletes.deny, export.deny, hours.deny, period.deny])
