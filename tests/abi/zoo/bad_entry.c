/* Libraries that must be refused before anything of them runs as an action; which one, says the
 * macro. */
#include <sluice/plugin.h>
#include <stdlib.h>
#include <unistd.h>

__attribute__((unused)) static sluice_outcome run(const sluice_host* host, sluice_run* self) {
  (void)host;
  (void)self;
  return SLUICE_SUCCEEDED;
}

#if defined(WRONG_ACTION_SIZE)
#define ACTION_SIZE 16
#else
#define ACTION_SIZE sizeof(sluice_action_type)
#endif
#if defined(WRONG_ENTRY_SIZE)
#define ENTRY_SIZE 8
#else
#define ENTRY_SIZE sizeof(sluice_plugin_entry)
#endif
#if defined(NEWER_ABI)
#define MINOR 99
#else
#define MINOR SLUICE_ABI_MINOR
#endif
#if defined(BAD_PROVIDER)
#define PROVIDER "not a name"
#else
#define PROVIDER "Bad"
#endif
#if defined(NO_RUN)
#define RUN 0
#else
#define RUN run
#endif

static const sluice_action_type type = {
    ACTION_SIZE, SLUICE_CATEGORY_INVOKE, PROVIDER, "1", 0, 0, 0, 0, 1, 0, 1, 0, 0, 0, RUN};
#if defined(NO_ACTIONS)
static const sluice_action_type* const types[] = {0, &type};
#elif defined(SAME_TWICE)
static const sluice_action_type* const types[] = {&type, &type, 0};
#else
static const sluice_action_type* const types[] = {&type, 0};
#endif

#if defined(NO_ENTRY)
extern SLUICE_EXPORT const void* const something_else;
const void* const something_else = types;
#elif !defined(OTHER_MAJOR)
const sluice_plugin_entry sluice_plugin_entry_v1 = {ENTRY_SIZE, MINOR, "bad", "1", 0, types};
#endif
#if defined(TWO_ENTRIES) || defined(OTHER_MAJOR)
extern SLUICE_EXPORT const sluice_plugin_entry sluice_plugin_entry_v2;
const sluice_plugin_entry sluice_plugin_entry_v2 = {ENTRY_SIZE, MINOR, "bad", "1", 0, types};
#endif

#if defined(CRASH_AT_LOAD)
__attribute__((constructor)) static void at_load(void) {
  abort();
}
#elif defined(HANG_AT_LOAD)
__attribute__((constructor)) static void at_load(void) {
  for (;;) pause();
}
#elif defined(EXIT_AT_LOAD)
__attribute__((constructor)) static void at_load(void) {
  _exit(0);
}
#endif
#if defined(MISSING_SYMBOL)
extern int nobody_defines_this;
__attribute__((used)) static int* needs(void) {
  return &nobody_defines_this;
}
#endif
