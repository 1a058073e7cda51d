#pragma once

// Values as bytes and back, for state that another process goes on with. A type says its members once:
// `Members(archive, value)` beside it, or a static member of that name where they are private.

#include <array>
#include <bit>
#include <cmath>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace notify {

/// T or const T: lets one function be for writing and for reading.
template <class T, class Of>
concept Either = std::same_as<std::remove_const_t<T>, Of>;

namespace binary {

/// Lets `archive` have the members of a value that is no number and no container.
template <class Archive, class T>
void VisitMembers(Archive& archive, T& value) {
    if constexpr (requires { std::remove_const_t<T>::Members(archive, value); }) {
        std::remove_const_t<T>::Members(archive, value);
    } else {
        Members(archive, value);
    }
}

template <std::size_t Bytes>
struct BitsOf;

template <>
struct BitsOf<1> {
    using Type = std::uint8_t;
};

template <>
struct BitsOf<4> {
    using Type = std::uint32_t;
};

template <>
struct BitsOf<8> {
    using Type = std::uint64_t;
};

/// As wide as T, without a sign.
template <class T>
using Bits = BitsOf<sizeof(T)>::Type;

}  // namespace binary

/// Appends values: numbers in little-endian order, what has a length after that.
class BinaryWriter final {
public:
    template <class... T>
    void operator()(const T&... values) {
        (Put(values), ...);
    }

    /// All that was written; nothing is left.
    [[nodiscard]] std::string Take() noexcept { return std::exchange(bytes_, {}); }

private:
    template <class T>
    void Put(const T& value) {
        if constexpr (std::is_arithmetic_v<T>) {
            const auto bits = std::bit_cast<binary::Bits<T>>(value);
            for (std::size_t i = 0; i < sizeof(T); ++i) {
                bytes_.push_back(static_cast<char>(std::uint64_t{bits} >> (8 * i) & 0xFFU));
            }
        } else {
            binary::VisitMembers(*this, value);
        }
    }

    void Put(const std::string& text) {
        Put(text.size());
        bytes_ += text;
    }

    template <class T, std::size_t Size>
    void Put(const std::array<T, Size>& values) {
        for (const auto& each : values) {
            Put(each);
        }
    }

    template <class T>
    void Put(const std::vector<T>& values) {
        Put(values.size());
        if constexpr (std::same_as<T, std::uint8_t>) {
            bytes_.append(values.begin(), values.end());
            return;
        }
        for (const auto& each : values) {
            Put(each);
        }
    }

    template <class Key, class T>
    void Put(const std::map<Key, T>& values) {
        Put(values.size());
        for (const auto& [key, each] : values) {
            (*this)(key, each);
        }
    }

    template <class T>
    void Put(const std::optional<T>& value) {
        Put(value.has_value());
        if (value) {
            Put(*value);
        }
    }

    std::string bytes_;
};

/// Reads what BinaryWriter wrote, from bytes that anybody may have written: reads nothing beyond their end,
/// takes no more memory than a small multiple of them, and no number that is none. After the first fault the
/// rest is left as it was: ask IsSound before using anything. What values mean is the caller's to check.
class BinaryReader final {
public:
    /// `bytes` outlive it.
    explicit BinaryReader(std::string_view bytes) : rest_(bytes) {}

    template <class... T>
    void operator()(T&... values) {
        (Get(values), ...);
    }

    /// Says that what was read cannot be.
    void Refuse() noexcept { sound_ = false; }

    /// Nothing was missing and nothing refused.
    [[nodiscard]] bool IsSound() const noexcept { return sound_; }

    /// Sound, and all bytes were read.
    [[nodiscard]] bool IsWhole() const noexcept { return sound_ && rest_.empty(); }

private:
    /// The next `count` bytes; fewer only after a fault.
    std::string_view Next(std::uint64_t count) {
        if (!sound_ || count > rest_.size()) {
            sound_ = false;
            return {};
        }
        const auto next = rest_.substr(0, count);
        rest_.remove_prefix(count);
        return next;
    }

    template <class T>
    void Get(T& value) {
        if constexpr (std::is_arithmetic_v<T>) {
            std::uint64_t bits = 0;
            const auto bytes = Next(sizeof(T));
            for (std::size_t i = 0; i < bytes.size(); ++i) {
                bits |= std::uint64_t{static_cast<unsigned char>(bytes[i])} << (8 * i);
            }
            if constexpr (std::same_as<T, bool>) {
                sound_ = sound_ && bits <= 1;
                value = bits == 1;
            } else {
                value = std::bit_cast<T>(static_cast<binary::Bits<T>>(bits));
            }
            if constexpr (std::is_floating_point_v<T>) {
                sound_ = sound_ && std::isfinite(value);
            }
        } else {
            binary::VisitMembers(*this, value);
        }
    }

    void Get(std::string& text) { text = Next(Count()); }

    template <class T, std::size_t Size>
    void Get(std::array<T, Size>& values) {
        for (auto& each : values) {
            Get(each);
        }
    }

    template <class T>
    void Get(std::vector<T>& values) {
        values.clear();
        if constexpr (std::same_as<T, std::uint8_t>) {
            const auto bytes = Next(Count());
            values.assign(bytes.begin(), bytes.end());
            return;
        }
        for (auto count = Count(); count > 0 && sound_; --count) {
            T value{};
            Get(value);
            values.push_back(std::move(value));
        }
    }

    template <class Key, class T>
    void Get(std::map<Key, T>& values) {
        values.clear();
        for (auto count = Count(); count > 0 && sound_; --count) {
            std::pair<Key, T> pair{};
            (*this)(pair.first, pair.second);
            sound_ = values.insert(std::move(pair)).second && sound_;
        }
    }

    template <class T>
    void Get(std::optional<T>& value) {
        bool has = false;
        Get(has);
        value.reset();
        if (has) {
            Get(value.emplace());
        }
    }

    /// A number of things, each of which takes at least a byte.
    std::uint64_t Count() {
        std::uint64_t count = 0;
        Get(count);
        sound_ = sound_ && count <= rest_.size();
        return sound_ ? count : 0;
    }

    std::string_view rest_;
    bool sound_ = true;
};

}  // namespace notify
