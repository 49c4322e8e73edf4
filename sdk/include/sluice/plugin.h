/* sluice action plugins: the binary interface. This header is the specification.
 *
 * A plugin is a shared library that exports ONE symbol, the constant `sluice_plugin_entry_v1`. To
 * describe a plugin is to read that constant: none of its code runs. An action runs in a process of
 * its own (sluice-action-host), one run at a time, on that process's main thread; the process may
 * serve several runs of the same plugin one after another, and it ends without unloading the
 * library.
 *
 * Rules that hold everywhere:
 *  - Text is UTF-8 and zero-terminated. A null pointer means "absent" where a function says so.
 *  - No ownership crosses. What the host hands in is valid until `run` returns; what the plugin
 * hands out is copied before the call returns. There is nothing to free.
 *  - Every struct begins with struct_size. A minor version only appends members; nobody reads a
 * member beyond the writer's struct_size. What stands here does not change within major version 1.
 *  - Threads: [main] only on the thread that entered `run`; [any] from any thread while `run` is
 * active.
 *  - C11 and C++11 or later, nothing but libc. */
#ifndef SLUICE_PLUGIN_H
#define SLUICE_PLUGIN_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define SLUICE_ABI_MINOR 0
#define SLUICE_EXPORT __attribute__((visibility("default")))

/* What `run` returns. Any other value is reported as a misbehaving plugin. */
typedef enum sluice_outcome {
  SLUICE_SUCCEEDED = 0,
  SLUICE_FAILED = 1, /* call fail() first, to say why */
  SLUICE_CONTINUE =
      2 /* call continue_later() first; the action stays in progress and holds no process */
} sluice_outcome;

/* What the engine may do about a failure. */
typedef enum sluice_failure_kind {
  SLUICE_FAILURE_CONFIGURATION = 1, /* the workflow file is wrong; never retried */
  SLUICE_FAILURE_PERMANENT = 2,     /* the work itself failed: a broken build, a failed test */
  SLUICE_FAILURE_TRANSIENT = 3,     /* may go away: network, a busy service; a retry is allowed */
  SLUICE_FAILURE_CANCELLED = 4      /* ended because cancelled() became true */
} sluice_failure_kind;

typedef enum sluice_log_level {
  SLUICE_LOG_DEBUG = 0,
  SLUICE_LOG_INFO = 1,
  SLUICE_LOG_WARNING = 2,
  SLUICE_LOG_ERROR = 3
} sluice_log_level;

/* Facts about the run, for sluice_host.text. */
typedef enum sluice_text {
  SLUICE_TEXT_PIPELINE = 1,         /* pipeline name */
  SLUICE_TEXT_EXECUTION_ID = 2,     /* pipeline execution id, a UUID */
  SLUICE_TEXT_STAGE = 3,            /* stage name */
  SLUICE_TEXT_ACTION = 4,           /* action name */
  SLUICE_TEXT_ACTION_EXECUTION = 5, /* action execution id, a UUID, new for every attempt */
  SLUICE_TEXT_REGION = 6,
  SLUICE_TEXT_ACCOUNT = 7,
  SLUICE_TEXT_WORK_DIRECTORY =
      8, /* empty at the start, the current directory of `run`, removed afterwards */
  SLUICE_TEXT_STATE_DIRECTORY = 9, /* kept between the runs of this action type on this machine */
  SLUICE_TEXT_BASE_DIRECTORY =
      10, /* the workflow file's folder: where a user's relative paths start */
  SLUICE_TEXT_CONTINUATION = 11, /* the token given to continue_later(); absent on the first call */
  SLUICE_TEXT_SIGNAL = 12,       /* JSON of the signal that ended a wait; absent if the delay did */
  SLUICE_TEXT_SOURCE_REVISION =
      13,              /* revision that the start request asked this source action for, or absent */
  SLUICE_TEXT_JOB = 14 /* the whole job as JSON, shaped like the cloud's "CodePipeline.job" */
} sluice_text;

/* Lists of text, for sluice_host.list. */
typedef enum sluice_list {
  SLUICE_LIST_CONFIGURATION = 1,    /* key, value, ...: variables resolved, defaults filled in */
  SLUICE_LIST_COMMANDS = 2,         /* commands of a compute action */
  SLUICE_LIST_ENVIRONMENT = 3,      /* name, value, ...: environmentVariables */
  SLUICE_LIST_OUTPUT_VARIABLES = 4, /* names that a compute action is asked to export */
  SLUICE_LIST_INPUT_ARTIFACTS = 5,  /* name, directory, revision, ... (revision may be "") */
  SLUICE_LIST_OUTPUT_ARTIFACTS = 6, /* name, directory, ...: the directories exist and are empty */
  SLUICE_LIST_OUTPUT_FILES = 7      /* artifact name, pattern, ...: `files` of a compute action */
} sluice_list;

/* The run, handed to every call. Opaque. */
typedef struct sluice_run sluice_run;

/* What the host offers while `run` is active. */
typedef struct sluice_host {
  uint32_t struct_size;
  uint32_t abi_minor; /* the host's own */

  /* [main] A fact about the run, or null if absent. */
  const char* (*text)(sluice_run* run, sluice_text which);
  /* [main] A list that ends with a null pointer; never null itself. */
  const char* const* (*list)(sluice_run* run, sluice_list which);
  /* [main] The value of a configuration key (variables resolved, default filled in), or null. */
  const char* (*configuration)(sluice_run* run, const char* key);

  /* [main] Sets an output variable; a second call with one key replaces its value. Keys match
     [A-Za-z0-9@_-]+; 122,880 bytes in all (facts/codepipeline.md 3). Returns 0; -1 if refused,
     which the log explains. */
  int (*set_output)(sluice_run* run, const char* key, const char* value);
  /* [main] Names the revision of a source action's output artifact. summary and url may be null. */
  void (*set_revision)(sluice_run* run, const char* artifact, const char* id, const char* summary,
                       const char* url);
  /* [main] Adds a member, JSON text, to the `details` that history keeps and `sluice action run
   * --json` prints. */
  void (*set_detail)(sluice_run* run, const char* key, const char* json);
  /* [main] What this run is called elsewhere: shown in state and events. url and summary may be
   * null. */
  void (*set_external)(sluice_run* run, const char* id, const char* url, const char* summary);
  /* [main] Says why `run` is about to return SLUICE_FAILED. code is one short word, such as
   * "JobFailed". */
  void (*fail)(sluice_run* run, sluice_failure_kind kind, const char* code, const char* message);
  /* [main] Asks for `run` to be called again with this token (2,048 bytes at most) after delay_ms
     or when a signal arrives; delay_ms < 0 waits for a signal alone. */
  void (*continue_later)(sluice_run* run, const char* token, int64_t delay_ms);

  /* [any] A line for the log. What the run and its children write to stdout and stderr gets there
   * by itself. */
  void (*log)(sluice_run* run, sluice_log_level level, const char* text);
  /* [any] Percent 0..100, or -1 to leave it as it is; summary may be null. Told now and then, and
   * not at all if the run ends within moments. */
  void (*progress)(sluice_run* run, int32_t percent, const char* summary);
  /* [any] Nonzero once the run should end soon: stopped, timed out, or the engine is gone. */
  int (*cancelled)(sluice_run* run);

  /* [main] An optional ability by id, such as SLUICE_SECRETS_ID: a constant table, or null if this
   * host has none. */
  const void* (*extension)(sluice_run* run, const char* id);
} sluice_host;

/* The ability to hide values that a run has fetched by itself. What the configuration marks
 * "x-secret" is hidden without it. */
#define SLUICE_SECRETS_ID "sluice.secrets/1"
typedef struct sluice_secrets {
  uint32_t struct_size;
  /* [any] From the next line of the log on, `value` is shown as *** in whatever this run, and this
     call of it, shows: log, progress, summaries, URLs, messages, details, output variables. Text by
     text: an encoded form of it is not found. A value of several lines is hidden line by line;
     lines of fewer than three characters are not hidden. A run may hide 256 KiB in 2,000 lines.
     Returns 0; -1 if refused, which the log explains. */
  int (*mask)(sluice_run* run, const char* value);
} sluice_secrets;

/* CodePipeline's categories, and Rule for stage conditions. */
typedef enum sluice_category {
  SLUICE_CATEGORY_SOURCE = 1,
  SLUICE_CATEGORY_BUILD = 2,
  SLUICE_CATEGORY_TEST = 3,
  SLUICE_CATEGORY_DEPLOY = 4,
  SLUICE_CATEGORY_INVOKE = 5,
  SLUICE_CATEGORY_APPROVAL = 6,
  SLUICE_CATEGORY_COMPUTE = 7,
  SLUICE_CATEGORY_RULE = 8
} sluice_category;

/* sluice_action_type.flags: after a lost worker the engine may run the action again by itself. */
#define SLUICE_ACTION_IDEMPOTENT 1u
/* sluice_action_type.flags: processes that a run leaves behind may live on, because starting them
 * is its purpose (a deployed service). Without this flag, and whenever `run` does not succeed,
 * whatever is still there when it returns is killed. */
#define SLUICE_ACTION_LEAVES_PROCESSES 2u

/* One action type. */
typedef struct sluice_action_type {
  uint32_t struct_size;
  sluice_category category;
  const char* provider; /* 1..35 of [0-9A-Za-z_-]; the owner is the catalogue's: Sluice for
                           first-party, else Custom */
  const char* version;  /* 1..9 of [0-9A-Za-z_-] */
  const char* uses; /* short name in workflow files, "build/buildspec"; null: category/provider in
                       lower case */
  const char* summary; /* one sentence, or null */
  /* JSON Schema of the configuration: an object of string-valued properties with type, enum,
     default, description; "required"; "x-secret": true for values never shown; "x-aliases": [...]
     for other accepted spellings. null: none. */
  const char* configuration_schema;
  uint32_t min_inputs, max_inputs, min_outputs, max_outputs;
  const char* const* output_variables; /* names that it may set, ends with null; null: any */
  uint32_t flags;
  int64_t default_timeout_ms; /* 0: the engine's */
  /* Does the work. */
  sluice_outcome (*run)(const sluice_host* host, sluice_run* run);
} sluice_action_type;

/* The exported constant. */
typedef struct sluice_plugin_entry {
  uint32_t struct_size;
  uint32_t abi_minor_needed; /* a host with a lower minor refuses the plugin before any call */
  const char* name;
  const char* version;
  const char* description;                  /* or null */
  const sluice_action_type* const* actions; /* ends with null */
} sluice_plugin_entry;

extern SLUICE_EXPORT const sluice_plugin_entry sluice_plugin_entry_v1;

#ifdef __cplusplus
}
#endif
#endif
