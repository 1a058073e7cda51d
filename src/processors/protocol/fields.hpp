#pragma once

// Reads the members of a JSON object one by one and remembers the first that is wrong.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <boost/json.hpp>

#include "core/result.hpp"

namespace notify {

/// The object outlives it. Each getter gives an empty value when the member is missing or of another kind;
/// ask Check at the end. Not thread-safe.
class Fields final {
public:
    explicit Fields(const boost::json::object& object) : object_(object) {}

    /// UTF-8 text of at most `limit` bytes without control characters.
    [[nodiscard]] std::string Text(std::string_view key, std::size_t limit);

    /// As Text; empty when the member is missing.
    [[nodiscard]] std::string OptionalText(std::string_view key, std::size_t limit);

    /// A whole number from 0.
    [[nodiscard]] std::uint64_t Count(std::string_view key);

    /// A number in [0, 1].
    [[nodiscard]] double Fraction(std::string_view key);

    [[nodiscard]] bool Flag(std::string_view key);

    /// An empty object when the member is none.
    [[nodiscard]] const boost::json::object& Object(std::string_view key);

    /// At most `limit` values; empty when the member is no array.
    [[nodiscard]] const boost::json::array& Array(std::string_view key, std::size_t limit);

    void Fault(std::string what);

    /// kInvalidArgument with the first fault.
    [[nodiscard]] Result<void> Check() const;

private:
    const boost::json::value* Find(std::string_view key);

    const boost::json::object& object_;
    std::string fault_;
};

/// True when the text has no byte below 0x20 and no 0x7F.
[[nodiscard]] bool IsPrintable(std::string_view text) noexcept;

}  // namespace notify
