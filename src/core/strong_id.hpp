#pragma once

// A string identifier that cannot be passed where another kind is expected. The kinds are in domain/ids.hpp.

#include <compare>
#include <functional>
#include <string>
#include <utility>

namespace notify {

/// A value type. An id made by default is empty and names nothing.
template <class Tag>
class StrongId final {
public:
    StrongId() = default;

    explicit StrongId(std::string value) : value_(std::move(value)) {}

    [[nodiscard]] const std::string& Value() const noexcept { return value_; }

    [[nodiscard]] bool IsEmpty() const noexcept { return value_.empty(); }

    friend auto operator<=>(const StrongId&, const StrongId&) = default;

private:
    std::string value_;
};

}  // namespace notify

template <class Tag>
struct std::hash<notify::StrongId<Tag>> {
    std::size_t operator()(const notify::StrongId<Tag>& id) const noexcept {
        return std::hash<std::string>{}(id.Value());
    }
};
