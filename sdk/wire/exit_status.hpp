// Exit statuses by which the host tells the engine what it cannot tell over the socket.
#pragma once

namespace sluice::wire {

inline constexpr int kBadUsage = 64;
inline constexpr int kTooLarge = 70;         // a result that is no valid message
inline constexpr int kLostDescriptors = 71;  // the plugin closed the protocol's descriptors

}  // namespace sluice::wire
