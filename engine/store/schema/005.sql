-- Where the facts of an execution begin, and where they end once it has ended, so that reading one
-- out of a long history passes over the rest. 0: from before these columns, not known.
ALTER TABLE executions ADD COLUMN first_sequence INTEGER NOT NULL DEFAULT 0;
ALTER TABLE executions ADD COLUMN last_sequence INTEGER NOT NULL DEFAULT 0;
