#include "engine/api/http_listener.hpp"

#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <boost/asio/io_context.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/strand.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <chrono>
#include <ctime>
#include <optional>
#include <thread>

#include "engine/api/caller.hpp"
#include "engine/api/socket_path.hpp"
#include "engine/runtime/random_id.hpp"

namespace sluice::api {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using Local = asio::local::stream_protocol;
using Stream = beast::basic_stream<Local, asio::strand<asio::io_context::executor_type>>;

constexpr int kThreads = 2;
constexpr socklen_t kMostGroups = 256;
constexpr std::size_t kMostHeaderBytes = 16 * 1024;
constexpr auto kLastAnswers = std::chrono::seconds(1), kLastWords = std::chrono::seconds(2);
constexpr auto kNoDescriptors = std::chrono::milliseconds(100);
constexpr std::size_t kMostPassedOver = 8u << 20;

std::string http_date() {
  const std::time_t now = std::time(nullptr);
  std::tm utc{};
  gmtime_r(&now, &utc);
  char text[64];
  return {text, std::strftime(text, sizeof text, "%a, %d %b %Y %H:%M:%S GMT", &utc)};
}

Response refusal(int status, const std::string& type, const std::string& message) {
  return {status, type, R"({"__type":")" + type + R"(","message":")" + message + "\"}"};
}

}  // namespace

struct HttpListener::Shared {
  ListenerOptions options;
  CallFunction call;
  asio::io_context context{kThreads};
  std::optional<SocketPath> path;
  Local::acceptor acceptor{context};
  asio::steady_timer pause{context};
  std::vector<std::thread> threads;
  std::atomic<std::size_t> connections{0}, calls{0};
  std::atomic<bool> ready{false}, stopping{false};

  [[nodiscard]] bool may_connect(const ucred& peer, const std::vector<gid_t>& more) const {
    if (peer.uid == 0 || peer.uid == geteuid()) return true;
    const auto has = [](const auto& list, std::uint32_t id) {
      return std::find(list.begin(), list.end(), id) != list.end();
    };
    return has(options.users, peer.uid) || has(options.groups, peer.gid) ||
           std::any_of(more.begin(), more.end(), [&](gid_t id) { return has(options.groups, id); });
  }
};

namespace {

// One connection: reads a request, answers it, and so on. Kept alive by what it waits for.
template <class Shared>
class Session : public std::enable_shared_from_this<Session<Shared>> {
 public:
  Session(Shared& shared, Stream::socket_type socket)
      : shared_(shared), stream_(std::move(socket)) {
    ++shared_.connections;
    socklen_t size = sizeof peer_;
    const int handle = stream_.socket().native_handle();
    getsockopt(handle, SOL_SOCKET, SO_PEERCRED, &peer_, &size);
    groups_.resize(kMostGroups);
    size = kMostGroups * sizeof(gid_t);
    const bool known = getsockopt(handle, SOL_SOCKET, SO_PEERGROUPS, groups_.data(), &size) == 0;
    groups_.resize(known ? size / sizeof(gid_t) : 0);
  }
  ~Session() { --shared_.connections; }

  void begin() {
    if (!shared_.may_connect(peer_, groups_)) {
      return answer(
          refusal(403, "AccessDeniedException",
                  "this user may not use the socket; the server's configuration says who may"),
          false);
    }
    if (shared_.connections > shared_.options.most_connections)
      return answer(refusal(400, "ThrottlingException", "too many connections; try again"), false);
    wait();
  }

 private:
  // For the first byte of the next request.
  void wait() {
    parser_.emplace();
    parser_->body_limit(shared_.options.most_body_bytes);
    parser_->header_limit(kMostHeaderBytes);
    if (buffer_.size() > 0) return read();
    stream_.expires_after(std::chrono::milliseconds(shared_.options.idle_timeout_ms));
    stream_.async_read_some(
        buffer_.prepare(4096),
        [self = this->shared_from_this()](beast::error_code trouble, std::size_t size) {
          if (trouble) return;
          self->buffer_.commit(size);
          self->read();
        });
  }
  void read() {
    stream_.expires_after(std::chrono::milliseconds(shared_.options.request_timeout_ms));
    http::async_read(stream_, buffer_, *parser_,
                     [self = this->shared_from_this()](beast::error_code trouble, std::size_t) {
                       self->take(trouble);
                     });
  }

  void take(beast::error_code trouble) {
    if (trouble == http::error::end_of_stream || trouble == beast::error::timeout) return;
    if (trouble == http::error::body_limit || trouble == http::error::header_limit)
      return answer(refusal(413, "RequestEntityTooLargeException",
                            "a request has at most " +
                                std::to_string(shared_.options.most_body_bytes) + " bytes"),
                    false);
    if (trouble)
      return answer(refusal(400, "SerializationException", "this is no HTTP request"), false);
    stream_.expires_never();
    const auto& request = parser_->get();
    const bool keep = request.keep_alive() && !shared_.stopping;
    const std::string target(request.target());
    if (request.method() == http::verb::get && (target == "/health" || target == "/ready"))
      return answer_probe(target == "/health" || shared_.ready, keep);
    if (request.method() != http::verb::post)
      return answer(refusal(405, "UnknownOperationException",
                            "operations are POST requests with X-Amz-Target"),
                    keep);
    pass_on(keep);
  }

  void pass_on(bool keep) {
    if (!shared_.ready)
      return answer(refusal(503, "ServiceUnavailableException", "the server is not ready"), keep);
    if (++shared_.calls > shared_.options.most_calls) {
      --shared_.calls;
      return answer(refusal(400, "ThrottlingException", "too many requests; try again"), keep);
    }
    auto& request = parser_->get();
    Request asked;
    asked.target = std::string(request["X-Amz-Target"]);
    asked.body = std::move(request.body());
    asked.caller = {caller_arn(peer_.uid, shared_.options.account), peer_.uid, peer_.pid};
    shared_.call(std::move(asked), [self = this->shared_from_this(), keep](Response response) {
      --self->shared_.calls;
      asio::post(self->stream_.get_executor(),
                 [self, keep, response = std::move(response)]() mutable {
                   self->answer(std::move(response), keep);
                 });
    });
  }

  void answer_probe(bool good, bool keep) {
    Response response;
    response.status = good ? 200 : 503;
    response.body = good ? "{}" : R"({"ready":false})";
    answer(std::move(response), keep);
  }

  void answer(Response response, bool keep) {
    reply_ = {};
    reply_.version(11);
    reply_.result(static_cast<unsigned>(response.status));
    reply_.set(http::field::date, http_date());
    reply_.set(http::field::content_type, "application/x-amz-json-1.1");
    reply_.set("x-amzn-RequestId", to_text(random_id()));
    if (!response.error_type.empty()) reply_.set("x-amzn-ErrorType", response.error_type);
    reply_.keep_alive(keep);
    reply_.body() = std::move(response.body);
    reply_.prepare_payload();
    stream_.expires_after(std::chrono::milliseconds(shared_.options.request_timeout_ms));
    http::async_write(
        stream_, reply_,
        [self = this->shared_from_this(), keep](beast::error_code trouble, std::size_t) {
          if (!trouble && keep) return self->wait();
          beast::error_code ignored;
          self->stream_.socket().shutdown(Local::socket::shutdown_send, ignored);
          self->pass_over();
        });
  }

  // A socket that is closed while words of the peer are unread takes the answer away from it.
  void pass_over() {
    buffer_.clear();
    stream_.expires_after(kLastWords);
    stream_.async_read_some(
        buffer_.prepare(65'536),
        [self = this->shared_from_this()](beast::error_code trouble, std::size_t size) {
          self->passed_over_ += size;
          if (!trouble && self->passed_over_ < kMostPassedOver) self->pass_over();
        });
  }

  Shared& shared_;
  Stream stream_;
  ucred peer_{};
  std::vector<gid_t> groups_;
  std::size_t passed_over_ = 0;
  beast::flat_buffer buffer_;
  std::optional<http::request_parser<http::string_body>> parser_;
  http::response<http::string_body> reply_;
};

template <class Shared>
void accept_next(Shared& shared) {
  shared.acceptor.async_accept(
      asio::make_strand(shared.context),
      [&shared](beast::error_code trouble, Stream::socket_type socket) {
        if (trouble == asio::error::operation_aborted || shared.stopping) return;
        if (!trouble) {
          std::make_shared<Session<Shared>>(shared, std::move(socket))->begin();
          return accept_next(shared);
        }
        // No descriptors left, say: at once would be as fast as the processor goes.
        shared.pause.expires_after(kNoDescriptors);
        shared.pause.async_wait([&shared](beast::error_code) { accept_next(shared); });
      });
}

// A socket file that nobody listens on is what a killed server leaves.
Result<void> make_room(const std::string& name, const std::filesystem::path& path) {
  std::error_code ignored;
  if (!std::filesystem::exists(std::filesystem::symlink_status(path, ignored))) return {};
  asio::io_context context;
  Local::socket probe(context);
  beast::error_code trouble;
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

Result<std::unique_ptr<HttpListener>> HttpListener::start(ListenerOptions options,
                                                          CallFunction call) {
  const std::filesystem::path socket = options.socket;
  auto path = SocketPath::of(socket);
  if (!path) return path.error();
  if (auto room = make_room(path->text(), socket); !room) return room.error();
  const bool others = !options.users.empty() || !options.groups.empty();
  auto shared = std::make_unique<Shared>();
  shared->options = std::move(options);
  shared->call = std::move(call);
  shared->path.emplace(std::move(*path));
  beast::error_code trouble;
  const Local::endpoint endpoint(shared->path->text());
  shared->acceptor.open(endpoint.protocol(), trouble);
  const mode_t before = umask(0077);
  if (!trouble) shared->acceptor.bind(endpoint, trouble);
  umask(before);
  if (!trouble && others && chmod(shared->path->text().c_str(), 0666) != 0)
    trouble.assign(errno, boost::system::system_category());
  if (!trouble) shared->acceptor.listen(asio::socket_base::max_listen_connections, trouble);
  if (trouble)
    return Error{ErrorKind::kUnavailable, socket.string(),
                 "cannot listen there: " + trouble.message()};
  Shared& running = *shared;
  accept_next(running);
  for (int i = 0; i < kThreads; ++i)
    running.threads.emplace_back([&running] { running.context.run(); });
  return std::unique_ptr<HttpListener>(new HttpListener(std::move(shared)));
}

HttpListener::HttpListener(std::unique_ptr<Shared> shared) : shared_(std::move(shared)) {}

void HttpListener::set_ready(bool ready) {
  shared_->ready = ready;
}

HttpListener::~HttpListener() {
  shared_->stopping = true;
  asio::post(shared_->context, [shared = shared_.get()] {
    beast::error_code ignored;
    shared->acceptor.close(ignored);
  });
  const auto end = std::chrono::steady_clock::now() + kLastAnswers;
  while (shared_->calls > 0 && std::chrono::steady_clock::now() < end)
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  shared_->context.stop();
  for (std::thread& thread : shared_->threads) thread.join();
  std::error_code ignored;
  std::filesystem::remove(shared_->options.socket, ignored);
}

}  // namespace sluice::api
