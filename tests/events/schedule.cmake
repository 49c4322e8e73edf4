# Tests of events/schedule.
sluice_test(schedule_test SOURCES schedule_test.cpp LINK sluice_schedule)
sluice_test(schedule_property_test SOURCES schedule_property_test.cpp LINK sluice_schedule)
