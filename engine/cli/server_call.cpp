#include "engine/cli/server_call.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <chrono>
#include <cstdio>
#include <nlohmann/json.hpp>

#include "engine/api/socket_path.hpp"
#include "engine/store/data_directory.hpp"

namespace sluice {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using Json = nlohmann::json;

constexpr std::uint64_t kLargestAnswer = 256u << 20;

ServerReply reply_of(const http::response<http::string_body>& response) {
  Json body =
      response.body().empty() ? Json::object() : Json::parse(response.body(), nullptr, false);
  if (body.is_discarded() || !body.is_object())
    return Error{ErrorKind::kUnavailable, "", "the server answers something that is no JSON"};
  if (response.result() == http::status::ok) return body;
  return Refusal{body.value("__type", std::to_string(response.result_int())),
                 body.value("message", "the server gives no reason")};
}

}  // namespace

ServerReply::ServerReply(Json output) : output_(std::make_shared<const Json>(std::move(output))) {}

int ServerReply::complain() const {
  if (error_) {
    std::fprintf(stderr, "sluice: %s\n", error_->text().c_str());
    return 3;
  }
  std::fprintf(stderr, "sluice: %s (%s)\n", refusal_->message.c_str(), refusal_->type.c_str());
  return refusal_->type == "ValidationException" || refusal_->type.starts_with("Invalid") ? 2 : 1;
}

struct ServerConnection::Stream {
  asio::io_context context;
  beast::basic_stream<asio::local::stream_protocol> stream{context};
  beast::flat_buffer buffer;
};

ServerConnection::ServerConnection(const std::string& data)
    : data_(data), socket_(DataDirectory{std::filesystem::absolute(data)}.server_socket()) {}
ServerConnection::~ServerConnection() = default;

ServerReply ServerConnection::call(const std::string& target, const Json& input,
                                   std::int64_t timeout_ms) {
  beast::error_code trouble;
  const auto finish = [&](auto start) {
    stream_->stream.expires_after(std::chrono::milliseconds(timeout_ms));
    start([&](beast::error_code code, std::size_t) { trouble = code; });
    stream_->context.restart();
    stream_->context.run();
  };
  if (!stream_) {
    stream_ = std::make_unique<Stream>();
    const auto path = api::SocketPath::of(socket_);
    if (!path) return path.error();
    stream_->stream.socket().connect(asio::local::stream_protocol::endpoint(path->text()), trouble);
    if (trouble) {
      stream_.reset();
      return Error{ErrorKind::kUnavailable, socket_,
                   "no server answers there (" + trouble.message() + "); `sluice serve --data " +
                       data_ + "` starts one"};
    }
  }
  http::request<http::string_body> request(http::verb::post, "/", 11);
  request.set(http::field::host, "localhost");
  request.set(http::field::content_type, "application/x-amz-json-1.1");
  request.set("X-Amz-Target", target);
  request.body() = input.dump();
  request.prepare_payload();
  http::response_parser<http::string_body> parser;
  parser.body_limit(kLargestAnswer);
  finish([&](auto done) { http::async_write(stream_->stream, request, done); });
  if (!trouble)
    finish([&](auto done) { http::async_read(stream_->stream, stream_->buffer, parser, done); });
  if (trouble) {
    stream_.reset();
    return Error{ErrorKind::kUnavailable, socket_,
                 "the server's answer did not come: " + trouble.message()};
  }
  return reply_of(parser.get());
}

}  // namespace sluice
