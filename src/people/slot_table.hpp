#pragma once

// Where in a store of many a key is: 4 bytes a place, because the keys themselves stand in the store.

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

namespace notify {

/// Open addressing. `key_of(slot)` gives the key that the store has at a slot; it is asked only about slots
/// that were put here. Between changes thread-safe.
class SlotTable final {
public:
    template <std::invocable<std::uint32_t> KeyOf>
    [[nodiscard]] std::optional<std::uint32_t> Find(std::uint64_t key, const KeyOf& key_of) const {
        const std::size_t place = PlaceOf(key, key_of);
        return places_[place] == kEmpty ? std::nullopt : std::optional(places_[place]);
    }

    /// `key`, which `key_of(slot)` gives too, is at `slot` from now on.
    template <std::invocable<std::uint32_t> KeyOf>
    void Put(std::uint64_t key, std::uint32_t slot, const KeyOf& key_of) {
        if ((count_ + 1) * 5 > places_.size() * 4) {
            Grow(key_of);
        }
        auto& place = places_[PlaceOf(key, key_of)];
        count_ += place == kEmpty ? 1 : 0;
        place = slot;
    }

    /// Does nothing when it is not there.
    template <std::invocable<std::uint32_t> KeyOf>
    void Remove(std::uint64_t key, const KeyOf& key_of) {
        std::size_t hole = PlaceOf(key, key_of);
        if (places_[hole] == kEmpty) {
            return;
        }
        // whoever was pushed past the hole moves up, so that a search never ends too early
        for (std::size_t next = After(hole); places_[next] != kEmpty; next = After(next)) {
            const std::size_t home = HomeOf(key_of(places_[next]));
            if (((next - home) & Mask()) >= ((next - hole) & Mask())) {
                places_[hole] = std::exchange(places_[next], kEmpty);
                hole = next;
            }
        }
        places_[hole] = kEmpty;
        --count_;
    }

    [[nodiscard]] std::size_t Bytes() const noexcept { return places_.capacity() * sizeof(places_[0]); }

private:
    static constexpr std::uint32_t kEmpty = 0xFFFF'FFFF;
    static constexpr std::size_t kFirstSize = 64;

    [[nodiscard]] std::size_t Mask() const noexcept { return places_.size() - 1; }

    [[nodiscard]] std::size_t After(std::size_t place) const noexcept { return (place + 1) & Mask(); }

    /// Multiplied by the golden ratio and folded: keys in a row spread.
    [[nodiscard]] std::size_t HomeOf(std::uint64_t key) const noexcept {
        const std::uint64_t mixed = key * 0x9E37'79B9'7F4A'7C15U;
        return (mixed ^ (mixed >> 32U)) & Mask();
    }

    template <std::invocable<std::uint32_t> KeyOf>
    [[nodiscard]] std::size_t PlaceOf(std::uint64_t key, const KeyOf& key_of) const {
        std::size_t place = HomeOf(key);
        while (places_[place] != kEmpty && key_of(places_[place]) != key) {
            place = After(place);
        }
        return place;
    }

    template <std::invocable<std::uint32_t> KeyOf>
    void Grow(const KeyOf& key_of) {
        const auto old = std::exchange(places_, std::vector<std::uint32_t>(places_.size() * 2, kEmpty));
        for (const std::uint32_t slot : old) {
            if (slot != kEmpty) {
                places_[PlaceOf(key_of(slot), key_of)] = slot;
            }
        }
    }

    std::vector<std::uint32_t> places_ = std::vector<std::uint32_t>(kFirstSize, kEmpty);
    std::size_t count_ = 0;
};

}  // namespace notify
