// What the library exports: this one constant.
#include "events/bus/zmq_bus.hpp"

extern "C" __attribute__((visibility("default"))) const sluice::BusModule sluice_bus_module;

const sluice::BusModule sluice_bus_module = {sluice::start_zmq_publisher,
                                             sluice::connect_zmq_watcher};
