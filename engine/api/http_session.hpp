// One connection of the listener, whichever door it came through: reads a request, answers it, and
// so on. Private to engine/api: it names Asio.
#pragma once

#include <atomic>
#include <boost/asio/generic/stream_protocol.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/strand.hpp>
#include <optional>
#include <string>

#include "engine/api/desk.hpp"
#include "engine/api/http_listener.hpp"
#include "engine/api/refused_callers.hpp"

namespace sluice::api {

// The local socket, and the port for webhooks.
enum class Door : std::uint8_t { kLocal, kPort };

// What all connections share. The desk ends before the io_context does, the rest after it.
struct HttpRoom {
  HttpRoom(ListenerOptions given, CallFunction answer, WebhookFunction receive);

  const ListenerOptions options;
  const CallFunction call;
  const WebhookFunction webhook;
  RefusedCallers refused;
  std::optional<Desk> desk;                     // where webhooks are answered
  std::atomic<std::size_t> local{0}, port{0};   // connections of each door
  std::atomic<std::size_t> calls{0}, large{0};  // under way; large: webhooks of more than 1 MiB
  std::atomic<bool> ready{false}, stopping{false};
};

using GenericSocket =
    boost::asio::basic_stream_socket<boost::asio::generic::stream_protocol,
                                     boost::asio::strand<boost::asio::io_context::executor_type>>;

// The connection lives until it is closed or the io_context ends; room outlives it. peer: the
// address of whoever came through the port, else "".
void begin_session(HttpRoom& room, Door door, GenericSocket socket, const std::string& peer);

}  // namespace sluice::api
