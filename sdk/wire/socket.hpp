// Bytes and file descriptors over a Unix stream socket.
#pragma once

#include <sys/types.h>

#include <span>
#include <string_view>
#include <vector>

namespace sluice::wire {

// The kernel takes 253 descriptors with one message.
inline constexpr std::size_t kMaxDescriptors = 253;

// sendmsg with SCM_RIGHTS: bytes written, or -1 with errno. If anything was written, all the
// descriptors have been passed on. Never raises SIGPIPE.
[[nodiscard]] ssize_t send_bytes(int socket, std::string_view bytes,
                                 std::span<const int> descriptors);
// recvmsg: bytes read, 0 at the end, or -1 with errno. Descriptors that came along are appended,
// close-on-exec; they are the caller's.
[[nodiscard]] ssize_t receive_bytes(int socket, std::span<char> buffer,
                                    std::vector<int>& descriptors, bool wait);

}  // namespace sluice::wire
