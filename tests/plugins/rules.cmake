# The rules of stage conditions.
sluice_test(rule_variable_check_test SOURCES rule_variable_check_test.cpp
  LINK rule_variable_check_action fake_host)
sluice_test(rule_deployment_window_test SOURCES rule_deployment_window_test.cpp
  LINK rule_deployment_window_action fake_host)
sluice_test(rule_alarm_test SOURCES rule_alarm_test.cpp LINK rule_alarm_action fake_host)
add_test(NAME rule_cli_test COMMAND ${CMAKE_CURRENT_SOURCE_DIR}/rules_cli.sh $<TARGET_FILE:sluice>)
set_tests_properties(rule_cli_test PROPERTIES TIMEOUT 60)
