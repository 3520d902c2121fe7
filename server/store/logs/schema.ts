/**
 * Of schema version 2. A block's head is read at every start and its body only when a question needs it; `filter`, `columns` and
 * `text` are read one by one, in this order on the disk. `replaced` blocks were merged into another and wait for their readers.
 */
export const LOG_TABLES = `
CREATE TABLE log_block (id INTEGER PRIMARY KEY, origin TEXT NOT NULL, first_seq INTEGER NOT NULL, last_seq INTEGER NOT NULL,
  lines INTEGER NOT NULL, oldest REAL NOT NULL, newest REAL NOT NULL, raw_bytes INTEGER NOT NULL, bytes INTEGER NOT NULL,
  levels TEXT NOT NULL, replaced INTEGER NOT NULL DEFAULT 0, streams TEXT NOT NULL);
CREATE TABLE log_body (id INTEGER PRIMARY KEY, filter BLOB NOT NULL, columns BLOB NOT NULL, text BLOB NOT NULL);
`;
