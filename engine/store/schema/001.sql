-- Everything that is written on every step lies at the end of its table, whichever pipeline it
-- belongs to: a commit then touches few pages, however many pipelines it is about.
CREATE TABLE pipelines (
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE
);

-- The facts of one commit, up to 128 to a row, encoded by engine/store/block.
CREATE TABLE blocks (
  first_sequence INTEGER PRIMARY KEY,
  count INTEGER NOT NULL,
  facts BLOB NOT NULL
);

-- Which executions have facts in which range of blocks: range = blocks.first_sequence >> 14.
-- Execution 0 stands for facts about the pipeline itself.
CREATE TABLE activity (
  range INTEGER NOT NULL,
  pipeline INTEGER NOT NULL,
  execution INTEGER NOT NULL,
  PRIMARY KEY (range, pipeline, execution)
) WITHOUT ROWID;

-- Which fact holds a declaration.
CREATE TABLE declarations (
  pipeline INTEGER NOT NULL,
  version INTEGER NOT NULL,
  sequence INTEGER NOT NULL,
  PRIMARY KEY (pipeline, version)
) WITHOUT ROWID;

-- The read model for history. Numbers of types and states: engine/core/pipeline.hpp.
CREATE TABLE executions (
  ordinal INTEGER PRIMARY KEY,
  pipeline INTEGER NOT NULL,
  number INTEGER NOT NULL,
  id_high INTEGER NOT NULL,
  id_low INTEGER NOT NULL,
  version INTEGER NOT NULL,
  type INTEGER NOT NULL,
  status INTEGER NOT NULL,
  started INTEGER NOT NULL,
  updated INTEGER NOT NULL,
  trigger_type TEXT NOT NULL,
  trigger_detail TEXT NOT NULL,
  summary TEXT NOT NULL,
  UNIQUE (pipeline, number)
);
CREATE INDEX executions_by_start ON executions (started);
-- Most executions succeed (3); the others are the ones that people look for by their state.
CREATE INDEX executions_by_status ON executions (status, started) WHERE status <> 3;
-- Ids are random: in one index over all of them each insert would touch a page of its own. A search
-- asks each group of 4096 executions.
CREATE INDEX executions_by_id ON executions (ordinal >> 12, id_high);

CREATE TABLE snapshots (
  pipeline INTEGER PRIMARY KEY,
  sequence INTEGER NOT NULL,
  state BLOB NOT NULL
);

CREATE TABLE cursors (
  name TEXT PRIMARY KEY,
  sequence INTEGER NOT NULL
) WITHOUT ROWID;
