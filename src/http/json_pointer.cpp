#include "http/json_pointer.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <set>
#include <string_view>
#include <utility>
#include <vector>

#include <boost/json/basic_parser.hpp>
#include <boost/json/basic_parser_impl.hpp>  // IWYU pragma: keep
#include <boost/json/error.hpp>
#include <boost/json/system_error.hpp>
#include <fmt/core.h>

namespace notify {

namespace {

using boost::json::error_code;

/// Listens to Boost.JSON's parser and stops it at the first repeated member.
// NOLINTBEGIN(readability-identifier-naming,readability-convert-member-functions-to-static): as Boost.JSON
// calls
class MemberWatch {
public:
    static constexpr std::size_t max_object_size = static_cast<std::size_t>(-1);
    static constexpr std::size_t max_array_size = static_cast<std::size_t>(-1);
    static constexpr std::size_t max_key_size = static_cast<std::size_t>(-1);
    static constexpr std::size_t max_string_size = static_cast<std::size_t>(-1);

    bool on_document_begin(error_code&) { return true; }

    bool on_document_end(error_code&) { return true; }

    bool on_object_begin(error_code&) { return Open(false); }

    bool on_object_end(std::size_t, error_code&) { return Close(); }

    bool on_array_begin(error_code&) { return Open(true); }

    bool on_array_end(std::size_t, error_code&) { return Close(); }

    bool on_key_part(std::string_view part, std::size_t, error_code&) {
        levels_.back().member += part;
        return true;
    }

    bool on_key(std::string_view part, std::size_t, error_code& error) {
        auto& level = levels_.back();
        level.member += part;
        if (!level.seen.insert(level.member).second) {
            repeated_ = Place();
            error = boost::json::error::syntax;
            return false;
        }
        return true;
    }

    bool on_string_part(std::string_view, std::size_t, error_code&) { return true; }

    bool on_string(std::string_view, std::size_t, error_code&) { return Next(); }

    bool on_number_part(std::string_view, error_code&) { return true; }

    bool on_int64(std::int64_t, std::string_view, error_code&) { return Next(); }

    bool on_uint64(std::uint64_t, std::string_view, error_code&) { return Next(); }

    bool on_double(double, std::string_view, error_code&) { return Next(); }

    bool on_bool(bool, error_code&) { return Next(); }

    bool on_null(error_code&) { return Next(); }

    bool on_comment_part(std::string_view, error_code&) { return true; }

    bool on_comment(std::string_view, error_code&) { return true; }

    [[nodiscard]] const std::optional<std::string>& Repeated() const { return repeated_; }

private:
    /// An object or an array that is not closed yet, and where in it the parser is.
    struct Level {
        bool is_array = false;
        std::size_t index = 0;
        std::string member;
        std::set<std::string, std::less<>> seen;
    };

    bool Open(bool is_array) {
        levels_.push_back({.is_array = is_array, .index = 0, .member = {}, .seen = {}});
        return true;
    }

    bool Close() {
        levels_.pop_back();
        return Next();
    }

    bool Next() {
        if (!levels_.empty()) {
            ++levels_.back().index;
            levels_.back().member.clear();
        }
        return true;
    }

    [[nodiscard]] std::string Place() const {
        std::string place;
        for (const auto& level : levels_) {
            place += level.is_array ? fmt::format("/{}", level.index) : PointerPart(level.member);
        }
        return place;
    }

    std::vector<Level> levels_;
    std::optional<std::string> repeated_;
};

// NOLINTEND(readability-identifier-naming,readability-convert-member-functions-to-static)

}  // namespace

std::string PointerPart(std::string_view member) {
    std::string part = "/";
    for (const char c : member) {
        part += c == '~' ? "~0" : c == '/' ? "~1" : std::string(1, c);
    }
    return part;
}

std::optional<std::string> RepeatedMember(std::string_view json) {
    boost::json::basic_parser<MemberWatch> parser({.max_depth = 64});
    error_code error;
    static_cast<void>(parser.write_some(false, json.data(), json.size(), error));
    return parser.handler().Repeated();
}

}  // namespace notify
