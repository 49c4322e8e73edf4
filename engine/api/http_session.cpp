#include "engine/api/http_session.hpp"

#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <boost/asio/post.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <chrono>
#include <ctime>
#include <memory>
#include <utility>

#include "engine/api/caller.hpp"
#include "engine/runtime/random_id.hpp"

namespace sluice::api {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using Stream = beast::basic_stream<asio::generic::stream_protocol,
                                   asio::strand<asio::io_context::executor_type>>;
using Verb = http::verb;

constexpr socklen_t kMostGroups = 256;
constexpr std::size_t kMostHeaderBytes = 16 * 1024;
constexpr auto kLastWords = std::chrono::seconds(2);
constexpr std::size_t kMostPassedOver = 8u << 20;
// Webhooks: how many are answered at once and how many wait, and of how many the bodies may be
// large, so that strangers cannot fill the memory.
constexpr std::size_t kWebhookThreads = 4, kMostWebhooksWaiting = 64, kMostLarge = 4;
constexpr std::size_t kLarge = 1u << 20;
constexpr std::string_view kWebhooks = "/webhooks/";

std::string http_date() {
  const std::time_t now = std::time(nullptr);
  std::tm utc{};
  gmtime_r(&now, &utc);
  char text[64];
  return {text, std::strftime(text, sizeof text, "%a, %d %b %Y %H:%M:%S GMT", &utc)};
}

std::int64_t steady_ms() {
  return std::chrono::duration_cast<std::chrono::milliseconds>(
             std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

Response refusal(int status, const std::string& type, const std::string& message) {
  return {status, type, R"({"__type":")" + type + R"(","message":")" + message + "\"}"};
}

bool may_connect(const ListenerOptions& options, const ucred& peer,
                 const std::vector<gid_t>& more) {
  if (peer.uid == 0 || peer.uid == geteuid()) return true;
  const auto has = [](const auto& list, std::uint32_t id) {
    return std::find(list.begin(), list.end(), id) != list.end();
  };
  return has(options.users, peer.uid) || has(options.groups, peer.gid) ||
         std::any_of(more.begin(), more.end(), [&](gid_t id) { return has(options.groups, id); });
}

// A webhook that is called, taken apart.
struct WebhookRequest {
  std::string pipeline, name;
  triggers::WebhookCall call;
};

// Kept alive by what it waits for.
class Session : public std::enable_shared_from_this<Session> {
 public:
  Session(HttpRoom& room, Door door, GenericSocket socket, std::string peer)
      : room_(room), door_(door), address_(std::move(peer)), stream_(std::move(socket)) {
    ++connections();
    if (door_ == Door::kPort) return;
    socklen_t size = sizeof peer_;
    const int handle = stream_.socket().native_handle();
    getsockopt(handle, SOL_SOCKET, SO_PEERCRED, &peer_, &size);
    groups_.resize(kMostGroups);
    size = kMostGroups * sizeof(gid_t);
    const bool known = getsockopt(handle, SOL_SOCKET, SO_PEERGROUPS, groups_.data(), &size) == 0;
    groups_.resize(known ? size / sizeof(gid_t) : 0);
  }
  ~Session() {
    end_large();
    --connections();
  }

  void begin() {
    if (door_ == Door::kPort) {
      if (room_.port > room_.options.webhooks.most_connections)
        return say(503, "too many connections; try again", false);
      return wait();
    }
    if (!may_connect(room_.options, peer_, groups_)) {
      return answer(
          refusal(403, "AccessDeniedException",
                  "this user may not use the socket; the server's configuration says who may"),
          false);
    }
    if (room_.local > room_.options.most_connections)
      return answer(refusal(400, "ThrottlingException", "too many connections; try again"), false);
    wait();
  }

 private:
  std::atomic<std::size_t>& connections() {
    return door_ == Door::kPort ? room_.port : room_.local;
  }

  // For the first byte of the next request.
  void wait() {
    parser_.emplace();
    parser_->body_limit(
        std::max(room_.options.most_body_bytes, room_.options.webhooks.most_body_bytes));
    parser_->header_limit(kMostHeaderBytes);
    if (buffer_.size() > 0) return read();
    stream_.expires_after(std::chrono::milliseconds(door_ == Door::kPort
                                                        ? room_.options.webhooks.idle_timeout_ms
                                                        : room_.options.idle_timeout_ms));
    stream_.async_read_some(
        buffer_.prepare(4096),
        [self = this->shared_from_this()](beast::error_code trouble, std::size_t size) {
          if (trouble) return;
          self->buffer_.commit(size);
          self->read();
        });
  }
  // From here on until the body is there the clock runs: however slowly it comes.
  void read() {
    stream_.expires_after(std::chrono::milliseconds(room_.options.request_timeout_ms));
    http::async_read_header(
        stream_, buffer_, *parser_,
        [self = this->shared_from_this()](beast::error_code trouble, std::size_t) {
          if (self->is_readable(trouble)) self->take_header();
        });
  }
  void read_body() {
    http::async_read(stream_, buffer_, *parser_,
                     [self = this->shared_from_this()](beast::error_code trouble, std::size_t) {
                       if (self->is_readable(trouble)) self->take();
                     });
  }

  // False: the request has been answered, or there is nobody to answer.
  bool is_readable(beast::error_code trouble) {
    if (!trouble) return true;
    if (trouble == http::error::end_of_stream || trouble == beast::error::timeout) return false;
    if (trouble == http::error::body_limit || trouble == http::error::header_limit) {
      too_large();
    } else {
      refuse(400, "SerializationException", "this is no HTTP request");
    }
    return false;
  }

  [[nodiscard]] std::size_t most_bytes() const {
    return is_webhook() ? room_.options.webhooks.most_body_bytes : room_.options.most_body_bytes;
  }
  [[nodiscard]] bool is_webhook() const {
    return door_ == Door::kPort || path().starts_with(kWebhooks);
  }
  // Without what follows a question mark.
  [[nodiscard]] std::string path() const {
    const std::string target(parser_->get().target());
    return target.substr(0, target.find('?'));
  }
  [[nodiscard]] bool keeps() const { return parser_->get().keep_alive() && !room_.stopping; }

  void too_large() {
    refuse(413, "RequestEntityTooLargeException",
           "a request has at most " + std::to_string(most_bytes()) + " bytes");
  }
  // In the words of whom it was meant for; the connection ends with it.
  void refuse(int status, const std::string& type, const std::string& message) {
    if (is_webhook()) return say(status, message, false);
    answer(refusal(status, type, message), false);
  }

  // Who has to be sent away is before the body is read.
  void take_header() {
    if (is_webhook() && !may_send()) return;
    if (parser_->content_length().value_or(0) > most_bytes()) return too_large();
    parser_->body_limit(most_bytes());
    if (!beast::iequals(parser_->get()[http::field::expect], "100-continue")) return read_body();
    go_on_.emplace(http::status::continue_, 11);
    http::async_write(stream_, *go_on_,
                      [self = this->shared_from_this()](beast::error_code trouble, std::size_t) {
                        if (!trouble) self->read_body();
                      });
  }

  // A webhook's sender. False: it has been answered.
  bool may_send() {
    const auto& request = parser_->get();
    if (request.method() == Verb::get && path() == "/health") return true;
    const auto send_away = [&](int status, const char* why) {
      say(status, why, false);
      return false;
    };
    if (!path().starts_with(kWebhooks)) return send_away(404, "there is nothing here but webhooks");
    if (request.method() != Verb::post) return send_away(405, "webhooks are POST requests");
    caller_ = caller_key(address_, std::string(request["X-Forwarded-For"])) + " " + path();
    retry_after_ms_ = room_.refused.wait_ms(caller_, steady_ms());
    if (retry_after_ms_ > 0) return send_away(429, "too many wrong signatures; try again later");
    if (!parser_->content_length()) return send_away(411, "the length of the body is missing");
    if (*parser_->content_length() <= kLarge) return true;
    is_large_ = true;
    if (++room_.large > kMostLarge) return send_away(503, "too many large requests; try again");
    return true;
  }
  void end_large() {
    if (std::exchange(is_large_, false)) --room_.large;
  }

  void take() {
    stream_.expires_never();
    const auto& request = parser_->get();
    if (request.method() == Verb::get && (path() == "/health" || path() == "/ready"))
      return answer_probe(path() == "/health" || room_.ready);
    if (is_webhook()) return pass_webhook_on();
    if (request.method() != Verb::post)
      return answer(refusal(405, "UnknownOperationException",
                            "operations are POST requests with X-Amz-Target"),
                    keeps());
    pass_on(keeps());
  }

  void pass_on(bool keep) {
    if (++room_.calls > room_.options.most_calls) {
      --room_.calls;
      return answer(refusal(400, "ThrottlingException", "too many requests; try again"), keep);
    }
    auto& request = parser_->get();
    Request asked;
    asked.target = std::string(request["X-Amz-Target"]);
    asked.body = std::move(request.body());
    asked.caller = {caller_arn(peer_.uid, room_.options.account), peer_.uid, peer_.pid};
    room_.call(std::move(asked), [self = this->shared_from_this(), keep](Response response) {
      --self->room_.calls;
      asio::post(self->stream_.get_executor(),
                 [self, keep, response = std::move(response)]() mutable {
                   self->answer(std::move(response), keep);
                 });
    });
  }

  void pass_webhook_on() {
    const bool keep = keeps();
    if (!room_.ready) return say(503, "the server is not ready; try again", keep);
    auto asked = std::make_shared<WebhookRequest>();
    const std::string rest = path().substr(kWebhooks.size());
    const auto slash = rest.find('/');
    asked->pipeline = rest.substr(0, slash);
    if (slash != std::string::npos) asked->name = rest.substr(slash + 1);
    for (const auto& field : parser_->get()) {
      std::string name(field.name_string());
      for (char& c : name)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
      asked->call.headers.emplace(std::move(name), std::string(field.value()));
    }
    asked->call.body = std::move(parser_->get().body());
    ++room_.calls;
    const bool taken = room_.desk->post([self = this->shared_from_this(), keep, asked] {
      const auto said = self->room_.webhook(asked->pipeline, asked->name, asked->call);
      // Of this webhook alone: a forge may have others, which are set up well.
      if (said.status == 401) self->room_.refused.refused(self->caller_, steady_ms());
      --self->room_.calls;
      asio::post(self->stream_.get_executor(),
                 [self, keep, said] { self->say(said.status, said.text, keep); });
    });
    if (taken) return;
    --room_.calls;
    say(503, "too many webhooks at once; try again", keep);
  }

  void answer_probe(bool good) {
    Response response;
    response.status = good ? 200 : 503;
    response.body = good ? "{}" : R"({"ready":false})";
    answer(std::move(response), keeps());
  }

  void answer(Response response, bool keep) {
    begin_answer(response.status);
    reply_.set(http::field::content_type, "application/x-amz-json-1.1");
    reply_.set("x-amzn-RequestId", to_text(random_id()));
    if (!response.error_type.empty()) reply_.set("x-amzn-ErrorType", response.error_type);
    send(std::move(response.body), keep);
  }
  // To a webhook's sender.
  void say(int status, const std::string& text, bool keep) {
    begin_answer(status);
    reply_.set(http::field::content_type, "text/plain; charset=utf-8");
    if (status == 405) reply_.set(http::field::allow, "POST");
    if (status == 429)
      reply_.set(http::field::retry_after, std::to_string(1 + retry_after_ms_ / 1000));
    send(text + "\n", keep);
  }
  void begin_answer(int status) {
    reply_ = {};
    reply_.version(11);
    reply_.result(static_cast<unsigned>(status));
    reply_.set(http::field::date, http_date());
  }

  void send(std::string body, bool keep) {
    end_large();  // before anybody hears that it is over
    reply_.keep_alive(keep);
    reply_.body() = std::move(body);
    reply_.prepare_payload();
    stream_.expires_after(std::chrono::milliseconds(room_.options.request_timeout_ms));
    http::async_write(
        stream_, reply_,
        [self = this->shared_from_this(), keep](beast::error_code trouble, std::size_t) {
          if (!trouble && keep) return self->wait();
          beast::error_code ignored;
          self->stream_.socket().shutdown(asio::socket_base::shutdown_send, ignored);
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

  HttpRoom& room_;
  const Door door_;
  const std::string address_;  // of whoever came through the port
  Stream stream_;
  ucred peer_{};
  std::vector<gid_t> groups_;
  std::string caller_;  // of a webhook
  std::int64_t retry_after_ms_ = 0;
  bool is_large_ = false;
  std::size_t passed_over_ = 0;
  beast::flat_buffer buffer_;
  std::optional<http::request_parser<http::string_body>> parser_;
  std::optional<http::response<http::empty_body>> go_on_;
  http::response<http::string_body> reply_;
};

}  // namespace

HttpRoom::HttpRoom(ListenerOptions given, CallFunction answer, WebhookFunction receive)
    : options(std::move(given)), call(std::move(answer)), webhook(std::move(receive)) {
  desk.emplace(kWebhookThreads, kMostWebhooksWaiting);
}

void begin_session(HttpRoom& room, Door door, GenericSocket socket, const std::string& peer) {
  std::make_shared<Session>(room, door, std::move(socket), peer)->begin();
}

}  // namespace sluice::api
