/** What callers have used of their budgets in the running minute. */
export const BUDGET_TABLES = `
CREATE TABLE IF NOT EXISTS budgets (
  scope TEXT NOT NULL, minute INTEGER NOT NULL, used INTEGER NOT NULL,
  PRIMARY KEY (scope, minute)
) STRICT;
`
