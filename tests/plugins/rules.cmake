# The rules of stage conditions.
sluice_test(rule_variable_check_test SOURCES rule_variable_check_test.cpp
  LINK rule_variable_check_action fake_host)
sluice_test(rule_deployment_window_test SOURCES rule_deployment_window_test.cpp
  LINK rule_deployment_window_action fake_host)
sluice_test(rule_alarm_test SOURCES rule_alarm_test.cpp LINK rule_alarm_action fake_host)
