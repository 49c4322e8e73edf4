#include "engine/api/http_listener.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <optional>
#include <thread>
#include <type_traits>

#include "engine/api/http_session.hpp"
#include "engine/api/socket_path.hpp"

namespace sluice::api {
namespace {

namespace asio = boost::asio;
using Local = asio::local::stream_protocol;
using Tcp = asio::ip::tcp;
using Code = boost::system::error_code;

constexpr int kThreads = 2;
constexpr auto kLastAnswers = std::chrono::seconds(1);
constexpr auto kNoDescriptors = std::chrono::milliseconds(100);

// Accepts for one door, for ever.
template <class Protocol>
struct Doorway {
  Doorway(asio::io_context& io, HttpRoom& to, Door as)
      : context(io), room(to), door(as), acceptor(io), pause(io) {}

  using Socket = asio::basic_stream_socket<Protocol, asio::strand<asio::io_context::executor_type>>;

  void accept_next() {
    acceptor.async_accept(asio::make_strand(context), [this](Code trouble, Socket socket) {
      if (trouble == asio::error::operation_aborted || room.stopping) return;
      if (!trouble) {
        std::string peer;
        if constexpr (std::is_same_v<Protocol, Tcp>) {
          const auto endpoint = socket.remote_endpoint(trouble);
          if (trouble) return accept_next();  // gone already
          peer = endpoint.address().to_string();
        }
        begin_session(room, door, GenericSocket(std::move(socket)), peer);
        return accept_next();
      }
      // No descriptors left, say: at once would be as fast as the processor goes.
      pause.expires_after(kNoDescriptors);
      pause.async_wait([this](Code) { accept_next(); });
    });
  }

  asio::io_context& context;
  HttpRoom& room;
  const Door door;
  typename Protocol::acceptor acceptor;
  asio::steady_timer pause;
};

}  // namespace

struct HttpListener::Shared {
  Shared(ListenerOptions options, CallFunction call, WebhookFunction webhook)
      : room(std::move(options), std::move(call), std::move(webhook)) {}

  Result<void> open_local();
  Result<void> open_port();

  HttpRoom room;
  asio::io_context context{kThreads};
  std::optional<SocketPath> path;
  Doorway<Local> local{context, room, Door::kLocal};
  Doorway<Tcp> port{context, room, Door::kPort};
  std::vector<std::thread> threads;
};

namespace {

// A socket file that nobody listens on is what a killed server leaves.
Result<void> make_room(const std::string& name, const std::filesystem::path& path) {
  std::error_code ignored;
  if (!std::filesystem::exists(std::filesystem::symlink_status(path, ignored))) return {};
  asio::io_context context;
  Local::socket probe(context);
  Code trouble;
  probe.connect(Local::endpoint(name), trouble);
  if (!trouble)
    return Error{ErrorKind::kConflict, path.string(), "another process listens on this socket"};
  if (!std::filesystem::is_socket(std::filesystem::symlink_status(path, ignored)))
    return Error{ErrorKind::kConflict, path.string(),
                 "this is no socket; remove it or name another"};
  std::filesystem::remove(path, ignored);
  return {};
}

}  // namespace

Result<void> HttpListener::Shared::open_local() {
  const std::filesystem::path& socket = room.options.socket;
  auto found = SocketPath::of(socket);
  if (!found) return found.error();
  if (auto free = make_room(found->text(), socket); !free) return free;
  path.emplace(std::move(*found));
  const bool others = !room.options.users.empty() || !room.options.groups.empty();
  auto& acceptor = local.acceptor;
  Code trouble;
  const Local::endpoint endpoint(path->text());
  acceptor.open(endpoint.protocol(), trouble);
  const mode_t before = umask(0077);
  if (!trouble) acceptor.bind(endpoint, trouble);
  umask(before);
  if (!trouble && others && chmod(path->text().c_str(), 0666) != 0)
    trouble.assign(errno, boost::system::system_category());
  if (!trouble) acceptor.listen(asio::socket_base::max_listen_connections, trouble);
  if (trouble)
    return Error{ErrorKind::kUnavailable, socket.string(),
                 "cannot listen there: " + trouble.message()};
  local.accept_next();
  return {};
}

Result<void> HttpListener::Shared::open_port() {
  const WebhookOptions& wanted = room.options.webhooks;
  if (wanted.host.empty()) return {};
  auto& acceptor = port.acceptor;
  Code trouble;
  const Tcp::endpoint endpoint(asio::ip::make_address(wanted.host, trouble), wanted.port);
  if (!trouble) acceptor.open(endpoint.protocol(), trouble);
  if (!trouble) acceptor.set_option(asio::socket_base::reuse_address(true), trouble);
  if (!trouble) acceptor.bind(endpoint, trouble);
  if (!trouble) acceptor.listen(asio::socket_base::max_listen_connections, trouble);
  if (trouble)
    return Error{ErrorKind::kUnavailable, wanted.host + " port " + std::to_string(wanted.port),
                 "cannot listen there: " + trouble.message()};
  port.accept_next();
  return {};
}

Result<std::unique_ptr<HttpListener>> HttpListener::start(ListenerOptions options,
                                                          CallFunction call,
                                                          WebhookFunction webhook) {
  auto shared = std::make_unique<Shared>(std::move(options), std::move(call), std::move(webhook));
  Shared& running = *shared;
  // The port first: a socket file that is made has to be removed again.
  if (auto opened = running.open_port(); !opened) return opened.error();
  if (auto opened = running.open_local(); !opened) return opened.error();
  for (int i = 0; i < kThreads; ++i)
    running.threads.emplace_back([&running] { running.context.run(); });
  return std::unique_ptr<HttpListener>(new HttpListener(std::move(shared)));
}

HttpListener::HttpListener(std::unique_ptr<Shared> shared) : shared_(std::move(shared)) {}

void HttpListener::set_ready(bool ready) {
  shared_->room.ready = ready;
}

std::string HttpListener::webhook_address() const {
  Code trouble;
  const auto endpoint = shared_->port.acceptor.local_endpoint(trouble);
  if (trouble) return "";
  const std::string host = endpoint.address().to_string();
  return (endpoint.address().is_v6() ? "[" + host + "]" : host) + ":" +
         std::to_string(endpoint.port());
}

HttpListener::~HttpListener() {
  shared_->room.stopping = true;
  asio::post(shared_->context, [shared = shared_.get()] {
    Code ignored;
    shared->local.acceptor.close(ignored);
    shared->port.acceptor.close(ignored);
  });
  const auto end = std::chrono::steady_clock::now() + kLastAnswers;
  while (shared_->room.calls > 0 && std::chrono::steady_clock::now() < end)
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  shared_->context.stop();
  for (std::thread& thread : shared_->threads) thread.join();
  shared_->room.desk.reset();
  std::error_code ignored;
  std::filesystem::remove(shared_->room.options.socket, ignored);
}

}  // namespace sluice::api
