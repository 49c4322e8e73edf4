#include "events/bus/frames.hpp"

#include <simdjson.h>

#include <msgpack.hpp>
#include <string_view>

namespace sluice {
namespace {

using Packer = msgpack::packer<msgpack::sbuffer>;

void pack_text(Packer& packer, std::string_view text) {
  packer.pack_str(static_cast<std::uint32_t>(text.size()));
  packer.pack_str_body(text.data(), static_cast<std::uint32_t>(text.size()));
}

void pack_member(Packer& packer, std::string_view key, std::string_view value) {
  pack_text(packer, key);
  pack_text(packer, value);
}

void pack_json(Packer& packer, const simdjson::dom::element& value) {
  switch (value.type()) {
    case simdjson::dom::element_type::OBJECT: {
      const simdjson::dom::object object = value.get_object().value_unsafe();
      packer.pack_map(static_cast<std::uint32_t>(object.size()));
      for (const auto& [key, member] : object) {
        pack_text(packer, key);
        pack_json(packer, member);
      }
      return;
    }
    case simdjson::dom::element_type::ARRAY: {
      const simdjson::dom::array array = value.get_array().value_unsafe();
      packer.pack_array(static_cast<std::uint32_t>(array.size()));
      for (const simdjson::dom::element& item : array) pack_json(packer, item);
      return;
    }
    case simdjson::dom::element_type::STRING:
      return pack_text(packer, value.get_string().value_unsafe());
    case simdjson::dom::element_type::INT64:
      packer.pack(value.get_int64().value_unsafe());
      return;
    case simdjson::dom::element_type::UINT64:
      packer.pack(value.get_uint64().value_unsafe());
      return;
    case simdjson::dom::element_type::DOUBLE:
      packer.pack(value.get_double().value_unsafe());
      return;
    case simdjson::dom::element_type::BOOL:
      packer.pack(value.get_bool().value_unsafe());
      return;
    case simdjson::dom::element_type::NULL_VALUE:
      packer.pack_nil();
      return;
  }
}

std::string text_of(const msgpack::sbuffer& packed) {
  return {packed.data(), packed.size()};
}

}  // namespace

std::string header_of(const Event& event, const std::vector<std::uint64_t>& previous,
                      const std::string& topic) {
  msgpack::sbuffer packed(256);
  Packer packer(packed);
  packer.pack_map(topic.empty() ? 4 : 5);
  pack_text(packer, "seq");
  packer.pack(event.sequence);
  pack_text(packer, "prev");
  packer.pack(previous);
  pack_member(packer, "id", event.id);
  pack_text(packer, "time");
  packer.pack(event.time_ms);
  if (!topic.empty()) pack_member(packer, "topic", topic);
  return text_of(packed);
}

std::string body_of(const Event& event) {
  // Reused from event to event; each of the bus's threads has one.
  thread_local simdjson::dom::parser parser;
  msgpack::sbuffer packed(event.detail.size() + 512);
  Packer packer(packed);
  packer.pack_map(9);
  pack_member(packer, "version", "0");
  pack_member(packer, "id", event.id);
  pack_member(packer, "detail-type", event.detail_type);
  pack_member(packer, "source", event.source);
  pack_member(packer, "account", event.account);
  pack_member(packer, "time", iso_seconds(event.time_ms));
  pack_member(packer, "region", event.region);
  pack_text(packer, "resources");
  packer.pack(event.resources);
  pack_text(packer, "detail");
  simdjson::dom::element detail;
  if (parser.parse(event.detail).get(detail) == simdjson::SUCCESS)
    pack_json(packer, detail);
  else
    packer.pack_nil();
  return text_of(packed);
}

Frames frames_of(const Event& event, const std::vector<std::uint64_t>& previous) {
  return {event.topic, header_of(event, previous), body_of(event)};
}

}  // namespace sluice
