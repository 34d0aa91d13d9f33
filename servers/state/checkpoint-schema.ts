/** The server's own signed checkpoints, and how far each anchor and each receiver of decisions has what it is to get. */
export const CHECKPOINT_TABLES = `
CREATE TABLE IF NOT EXISTS checkpoints (
  replica TEXT NOT NULL, number INTEGER NOT NULL, seq INTEGER NOT NULL, signed TEXT NOT NULL,
  PRIMARY KEY (replica, number)
) STRICT;
CREATE TABLE IF NOT EXISTS delivered (
  replica TEXT NOT NULL, target TEXT NOT NULL, number INTEGER NOT NULL, PRIMARY KEY (replica, target)
) STRICT;
`
