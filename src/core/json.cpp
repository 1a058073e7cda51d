#include "core/json.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

#include <boost/json/basic_parser_impl.hpp>
#include <fmt/format.h>

#include "core/error.hpp"
#include "core/result.hpp"

namespace notify {

namespace {

using boost::json::error_code;

/// Builds the value that a parser reads. Boost's own reads a number of many digits up to a few units in the
/// last place beside it, and one beyond every double as infinity.
// NOLINTBEGIN(readability-identifier-naming,readability-convert-member-functions-to-static): as Boost.JSON
// calls
class Builder {
public:
    static constexpr std::size_t max_object_size = static_cast<std::size_t>(-1);
    static constexpr std::size_t max_array_size = static_cast<std::size_t>(-1);
    static constexpr std::size_t max_key_size = static_cast<std::size_t>(-1);
    static constexpr std::size_t max_string_size = static_cast<std::size_t>(-1);

    bool on_document_begin(error_code&) {
        stack_.reset();
        return true;
    }

    bool on_document_end(error_code&) { return true; }

    bool on_object_begin(error_code&) { return true; }

    bool on_object_end(std::size_t count, error_code&) {
        stack_.push_object(count);
        return true;
    }

    bool on_array_begin(error_code&) { return true; }

    bool on_array_end(std::size_t count, error_code&) {
        stack_.push_array(count);
        return true;
    }

    bool on_key_part(std::string_view part, std::size_t, error_code&) {
        stack_.push_chars(part);
        return true;
    }

    bool on_key(std::string_view part, std::size_t, error_code&) {
        stack_.push_key(part);
        return true;
    }

    bool on_string_part(std::string_view part, std::size_t, error_code&) {
        stack_.push_chars(part);
        return true;
    }

    bool on_string(std::string_view part, std::size_t, error_code&) {
        stack_.push_string(part);
        return true;
    }

    bool on_number_part(std::string_view part, error_code&) {
        digits_ += part;
        return true;
    }

    bool on_int64(std::int64_t number, std::string_view, error_code&) {
        digits_.clear();
        stack_.push_int64(number);
        return true;
    }

    bool on_uint64(std::uint64_t number, std::string_view, error_code&) {
        digits_.clear();
        stack_.push_uint64(number);
        return true;
    }

    bool on_double(double number, std::string_view part, error_code& error) {
        digits_ += part;
        const auto nearest = NearestDouble(digits_, number);
        digits_.clear();
        if (!nearest) {
            error = boost::json::error::exponent_overflow;
            return false;
        }
        stack_.push_double(*nearest);
        return true;
    }

    bool on_bool(bool value, error_code&) {
        stack_.push_bool(value);
        return true;
    }

    bool on_null(error_code&) {
        stack_.push_null();
        return true;
    }

    bool on_comment_part(std::string_view, error_code&) { return true; }

    bool on_comment(std::string_view, error_code&) { return true; }

    [[nodiscard]] boost::json::value Take() { return stack_.release(); }

private:
    boost::json::value_stack stack_;
    std::string digits_;  ///< Of the number that is being read.
};

// NOLINTEND(readability-identifier-naming,readability-convert-member-functions-to-static)

void WriteDouble(std::string& out, double number) {
    if (!std::isfinite(number)) {
        out += "null";
        return;
    }
    out += number == 0 ? "0" : fmt::format("{}", number);  // -0 is the same number
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

std::optional<double> NearestDouble(std::string_view number, double about) noexcept {
    double nearest = 0;
    const auto read = std::from_chars(number.data(), number.data() + number.size(), nearest);
    if (read.ec == std::errc::result_out_of_range) {
        return std::abs(about) > 1 ? std::nullopt : std::optional(0.0);  // too large, or too small
    }
    return nearest;
}

Result<boost::json::value> ParseJson(std::string_view text) {
    boost::json::basic_parser<Builder> parser({.max_depth = 64});
    error_code error;
    const auto used = parser.write_some(false, text.data(), text.size(), error);
    if (!error && used == text.size()) {
        return parser.handler().Take();
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
