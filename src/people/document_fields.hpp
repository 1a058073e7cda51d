#pragma once

// Reads the members of a processor's JSON object and remembers the first one that is missing or wrong.

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include <boost/json.hpp>

#include "core/result.hpp"
#include "domain/person.hpp"

namespace notify {

/// What a document says comes from the sandbox: nothing in it is taken as it is. Each getter gives an empty
/// value when its member is not what it must be; ask Check at the end. The value outlives it. Not
/// thread-safe.
class DocumentFields final {
public:
    /// A `value` that is no object is the first fault.
    explicit DocumentFields(const boost::json::value& value);

    /// A number in [least, most].
    [[nodiscard]] double Number(std::string_view name, double least, double most);

    /// A whole number in [least, most].
    [[nodiscard]] std::int64_t Whole(std::string_view name, std::int64_t least, std::int64_t most);

    /// Milliseconds from `least` on, at most some decades.
    [[nodiscard]] std::int64_t Time(std::string_view name, std::int64_t least = 0);

    /// At most `most` bytes.
    [[nodiscard]] std::string Text(std::string_view name, std::size_t most = 200);

    /// True when the member is there and not null.
    [[nodiscard]] bool Has(std::string_view name) const;

    /// True or false.
    [[nodiscard]] bool Truth(std::string_view name);

    /// The object under that name; the empty one, and a fault, when there is none.
    [[nodiscard]] const boost::json::value& Object(std::string_view name);

    [[nodiscard]] std::span<const boost::json::value> List(std::string_view name);

    /// An object with x, y, width and height, in pixels.
    [[nodiscard]] Box BoxOf(std::string_view name);

    /// x, y, width and height of this object itself.
    [[nodiscard]] Box OwnBox();

    /// Says that the member is not what was expected: "list", "box".
    void Fault(std::string_view name, std::string_view expected);

    /// kInvalidArgument with the first fault.
    [[nodiscard]] Result<void> Check() const;

private:
    [[nodiscard]] const boost::json::value* Find(std::string_view name) const;

    const boost::json::object* object_;
    std::string fault_;
};

}  // namespace notify
