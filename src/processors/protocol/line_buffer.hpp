#pragma once

// Cuts a stream of bytes into lines, with a bound on how long a line may be.

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace notify {

inline constexpr std::size_t kMaxLineBytes = 1U << 20U;

/// Not thread-safe.
class LineBuffer final {
public:
    explicit LineBuffer(std::size_t limit) : limit_(limit) {}

    void Append(std::string_view bytes);

    /// The next whole line without its end; nothing until there is one.
    [[nodiscard]] std::optional<std::string> Next();

    /// True once a line, ended or not, is longer than the limit; Next gives no such line.
    [[nodiscard]] bool Overflowed() const noexcept { return overflowed_; }

private:
    std::size_t limit_;
    std::string bytes_;
    std::size_t begin_ = 0;     ///< Of the first line that was not given.
    std::size_t searched_ = 0;  ///< No line ends before here.
    bool overflowed_ = false;
};

}  // namespace notify
