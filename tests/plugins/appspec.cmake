# The action deploy/appspec.
sluice_test(appspec_parser_test SOURCES appspec_parser_test.cpp LINK sluice_deploy_appspec)
sluice_test(appspec_planner_test SOURCES appspec_planner_test.cpp LINK sluice_deploy_appspec)
sluice_test(appspec_install_test SOURCES appspec_install_test.cpp appspec_permissions_test.cpp
  appspec_host.cpp LINK sluice_deploy_appspec fake_host)
sluice_test(appspec_hooks_test SOURCES appspec_hooks_test.cpp appspec_events_test.cpp
  appspec_bundle_test.cpp appspec_host.cpp LINK sluice_deploy_appspec fake_host)
