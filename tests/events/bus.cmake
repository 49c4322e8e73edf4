# Tests of events/bus: what needs no socket. The rest is tests/e2e/bus_test.py.
sluice_test(bus_filters_test SOURCES bus_filters_test.cpp LINK sluice_bus)
