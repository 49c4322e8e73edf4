-- Labels that people put on a pipeline; they belong to one incarnation of it and to none of its
-- versions.
CREATE TABLE tags (
  pipeline INTEGER NOT NULL,
  key TEXT NOT NULL,
  value TEXT NOT NULL,
  PRIMARY KEY (pipeline, key)
) WITHOUT ROWID;
