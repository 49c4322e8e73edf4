#include "events/bus/poke.hpp"

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstring>
#include <utility>

namespace sluice {
namespace {

int datagram_socket() {
  return ::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
}

// False: too long for a UNIX socket.
bool name_of(const std::string& path, sockaddr_un& name) {
  name = {};
  name.sun_family = AF_UNIX;
  if (path.empty() || path.size() >= sizeof name.sun_path) return false;
  std::memcpy(name.sun_path, path.data(), path.size());
  return true;
}

}  // namespace

BusPoke::BusPoke(std::string path) : path_(std::move(path)), socket_(datagram_socket()) {}
BusPoke::~BusPoke() {
  if (socket_ >= 0) ::close(socket_);
}

void BusPoke::poke() {
  sockaddr_un name;
  if (socket_ < 0 || !name_of(path_, name)) return;
  // A full socket has enough pokes in it already.
  (void)!::sendto(socket_, "", 1, MSG_DONTWAIT | MSG_NOSIGNAL,
                  reinterpret_cast<const sockaddr*>(&name), sizeof name);
}

int bind_wake_socket(const std::string& path) {
  sockaddr_un name;
  if (!name_of(path, name)) return -1;
  const int socket = datagram_socket();
  if (socket < 0) return -1;
  ::unlink(path.c_str());
  if (::bind(socket, reinterpret_cast<const sockaddr*>(&name), sizeof name) == 0) return socket;
  ::close(socket);
  return -1;
}

void drain_wake_socket(int socket) {
  char byte;
  while (::recv(socket, &byte, sizeof byte, MSG_DONTWAIT) >= 0) {
  }
}

}  // namespace sluice
