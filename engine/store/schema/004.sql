-- The sequences that retention has taken out of `blocks`, as ranges that do not touch each other
-- (docs/decisions/0040). A hole that is not in here is damage.
CREATE TABLE removed (
  first INTEGER PRIMARY KEY,
  last INTEGER NOT NULL
);
