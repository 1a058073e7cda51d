#include "sources/datacore/native_page.hpp"

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include "core/clock.hpp"
#include "core/error.hpp"
#include "core/json.hpp"
#include "core/result.hpp"
#include "sources/objects/answers.hpp"
#include "sources/objects/faults.hpp"

namespace notify::datacore {

namespace {

using boost::json::object;
using boost::json::value;

/// The first member of these names.
const value* Member(const object& json, std::initializer_list<std::string_view> names) {
    for (const auto name : names) {
        if (const auto* found = json.if_contains(name)) {
            return found;
        }
    }
    return nullptr;
}

std::string Text(const object& json, std::initializer_list<std::string_view> names) {
    const auto* found = Member(json, names);
    return found != nullptr && found->is_string() ? std::string(found->get_string()) : std::string();
}

std::optional<std::uint64_t> Number(const object& json, std::initializer_list<std::string_view> names) {
    const auto* found = Member(json, names);
    if (found == nullptr) {
        return std::nullopt;
    }
    if (found->is_string()) {
        return objects::WholeNumber(found->get_string());
    }
    if (found->is_uint64()) {
        return found->get_uint64();
    }
    return found->is_int64() && found->get_int64() >= 0
               ? std::optional(static_cast<std::uint64_t>(found->get_int64()))
               : std::nullopt;
}

Unexpected Broken(std::string_view what) {
    return Unexpected(objects::Fault(ErrorCode::kUnavailable, objects::kWrongAnswer, std::string(what)));
}

Result<ListedObject> ReadObject(const value& json) {
    if (!json.is_object()) {
        return Broken("the store lists something that is no object");
    }
    const auto& fields = json.get_object();
    auto key = Text(fields, {"name"});
    const auto size = Number(fields, {"content-length", "content_length", "bytes"});
    const auto born = FromRfc3339(Text(fields, {"tmborn", "last_modified", "last-modified"}));
    if (key.empty() || !size || !born) {
        return Broken("the store lists an object without a name, a length or a time");
    }
    return ListedObject{
        .key = std::move(key),
        .etag = objects::BareEtag(Text(fields, {"etag", "hash"})),
        .size_bytes = *size,
        .modified_at = *born,
        .content_type = Text(fields, {"content-type", "content_type"})
    };
}

Unexpected NotAListing(std::string_view text) {
    const auto first = text.find_first_not_of(" \t\r\n");
    if (first != std::string_view::npos && text[first] == '[') {
        return Broken("the store's listing is broken or cut off");
    }
    return Unexpected(
        objects::LastingFault(
            ErrorCode::kUnavailable,
            objects::kNotAStore,
            objects::LooksLikeHtml(text) ? "a web page came instead of a listing: the endpoint is a web "
                                           "server, a console or a log-in page, "
                                           "not Swarm's own HTTP API"
                                         : "something came that is no listing of Swarm's own HTTP API: check "
                                           "the endpoint; its S3 port is "
                                           "another one"
        )
    );
}

}  // namespace

Result<std::vector<ListedObject>> ReadNativePage(std::string_view json) {
    const auto parsed = ParseJson(json);
    if (!parsed || !parsed->is_array()) {
        return NotAListing(json);
    }
    std::vector<ListedObject> page;
    page.reserve(parsed->get_array().size());
    for (const auto& each : parsed->get_array()) {
        auto read = ReadObject(each);
        if (!read) {
            return Unexpected(read.error());
        }
        page.push_back(*std::move(read));
    }
    return page;
}

}  // namespace notify::datacore
