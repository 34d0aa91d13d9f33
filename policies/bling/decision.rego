# METADATA
# title: What the server asks of this policy
package bling

import data.bling.rbac
import data.bling.security
import data.shared.access
import data.shared.verdict

# METADATA
# description: Whether one call is done, and what of its result is masked.
decision := verdict.decision(object.union(rbac.deny, security.deny), security.mask)

# METADATA
# description: The tools a caller gets to see.
visible := access.visible
