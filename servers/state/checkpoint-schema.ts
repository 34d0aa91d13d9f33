/** The server's own signed checkpoints, and how far each anchor has them. */
export const CHECKPOINT_TABLES = `
CREATE TABLE IF NOT EXISTS checkpoints (
  replica TEXT NOT NULL, number INTEGER NOT NULL, seq INTEGER NOT NULL, signed TEXT NOT NULL,
  PRIMARY KEY (replica, number)
) STRICT;
CREATE TABLE IF NOT EXISTS anchored (
  replica TEXT NOT NULL, anchor TEXT NOT NULL, number INTEGER NOT NULL, PRIMARY KEY (replica, anchor)
) STRICT;
`
