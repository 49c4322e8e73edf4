-- Facts lie in blocks: the facts of one commit of one pipeline, encoded by engine/store/codec.
-- A key of an execution, here and below, is pipeline << 32 | number.
CREATE TABLE pipelines (
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE
);

CREATE TABLE blocks (
  first_sequence INTEGER PRIMARY KEY,
  count INTEGER NOT NULL,
  pipeline INTEGER NOT NULL,
  at INTEGER NOT NULL,
  facts BLOB NOT NULL
);
CREATE INDEX blocks_by_pipeline ON blocks (pipeline);

-- Which blocks hold facts of an execution.
CREATE TABLE execution_blocks (
  execution INTEGER NOT NULL,
  first_sequence INTEGER NOT NULL,
  PRIMARY KEY (execution, first_sequence)
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
  key INTEGER PRIMARY KEY,
  id_high INTEGER NOT NULL,
  id_low INTEGER NOT NULL,
  version INTEGER NOT NULL,
  type INTEGER NOT NULL,
  status INTEGER NOT NULL,
  started INTEGER NOT NULL,
  updated INTEGER NOT NULL,
  trigger_type TEXT NOT NULL,
  trigger_detail TEXT NOT NULL,
  summary TEXT NOT NULL
);
CREATE INDEX executions_by_id ON executions (id_high);
CREATE INDEX executions_by_start ON executions (started);
-- Most executions succeed (3); the others are the ones that people look for by their state.
CREATE INDEX executions_by_status ON executions (status, started) WHERE status <> 3;

CREATE TABLE snapshots (
  pipeline INTEGER PRIMARY KEY,
  sequence INTEGER NOT NULL,
  state BLOB NOT NULL
);

CREATE TABLE cursors (
  name TEXT PRIMARY KEY,
  sequence INTEGER NOT NULL
) WITHOUT ROWID;
