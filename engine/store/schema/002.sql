-- What lists of executions show beside the columns that they are found by, encoded by
-- engine/store/codec.
ALTER TABLE executions ADD COLUMN details BLOB NOT NULL DEFAULT x'';
