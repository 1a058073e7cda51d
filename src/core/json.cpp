#include "core/json.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>

#include "core/error.hpp"
#include "core/result.hpp"

namespace notify {

namespace {

void WriteDouble(std::string& out, double number) {
    if (!std::isfinite(number)) {
        out += "null";
        return;
    }
    const auto text = fmt::format("{}", number);
    out += text;
}

void Write(std::string& out, const boost::json::value& value, bool sorted);

void WriteMember(std::string& out, const boost::json::key_value_pair& member, bool sorted) {
    out += boost::json::serialize(member.key());
    out += ':';
    Write(out, member.value(), sorted);
}

void WriteObject(std::string& out, const boost::json::object& object, bool sorted) {
    std::vector<const boost::json::key_value_pair*> members;
    members.reserve(object.size());
    for (const auto& member : object) {
        members.push_back(&member);
    }
    if (sorted) {
        std::ranges::sort(members, {}, [](const auto* member) { return std::string_view(member->key()); });
    }
    out += '{';
    for (const auto* member : members) {
        if (member != members.front()) {
            out += ',';
        }
        WriteMember(out, *member, sorted);
    }
    out += '}';
}

void Write(std::string& out, const boost::json::value& value, bool sorted) {
    if (value.is_object()) {
        WriteObject(out, value.get_object(), sorted);
    } else if (value.is_array()) {
        out += '[';
        for (std::size_t i = 0; i < value.get_array().size(); ++i) {
            out += i == 0 ? "" : ",";
            Write(out, value.get_array()[i], sorted);
        }
        out += ']';
    } else if (value.is_double()) {
        WriteDouble(out, value.get_double());
    } else {
        out += boost::json::serialize(value);
    }
}

}  // namespace

Result<boost::json::value> ParseJson(std::string_view text) {
    boost::json::parse_options options;
    options.max_depth = 64;
    boost::json::stream_parser parser({}, options);
    boost::json::error_code error;
    const auto used = parser.write_some(text, error);
    if (!error && used == text.size()) {
        parser.finish(error);
        if (!error) {
            return parser.release();
        }
    }
    const auto rest = text.substr(used);
    const bool only_space = !error && rest.find_first_not_of(" \t\r\n") == std::string_view::npos;
    if (only_space) {
        parser.finish(error);
        if (!error) {
            return parser.release();
        }
    }
    return Fail(
        ErrorCode::kInvalidArgument,
        fmt::format(
            "not JSON at byte {}: {}", used, error ? error.message() : std::string("text after the value")
        )
    );
}

std::string ToJsonText(const boost::json::value& value) {
    std::string out;
    Write(out, value, false);
    return out;
}

std::string ToCanonicalJson(const boost::json::value& value) {
    std::string out;
    Write(out, value, true);
    return out;
}

}  // namespace notify
