#pragma once

// What messages told of and is still to be looked at, and messages that were not understood.

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/clock.hpp"
#include "domain/ids.hpp"

namespace notify {

/// What news is of, and so how it is looked at.
enum class NewsKind : std::uint8_t {
    kObject,          ///< Of an object store.
    kRestoredObject,  ///< One that can be read again.
    kAsset,           ///< Of Iconik; something of it changed.
    kAssetMedia,      ///< Of Iconik; its media changed.
    kChosenAsset,     ///< Of Iconik; a person chose it.
    kCollection,      ///< Of Iconik: its contents.
    kSearch,          ///< Of Iconik: what a saved search finds.
};

/// The kinds' names, in their order.
inline constexpr std::array<std::string_view, 7> kNewsKindWords{
    "object", "restored_object", "asset", "asset_media", "chosen_asset", "collection", "search"
};

[[nodiscard]] std::string_view ToString(NewsKind kind) noexcept;
[[nodiscard]] std::optional<NewsKind> NewsKindFrom(std::string_view text) noexcept;

/// A row of the inbox. (source_id, kind, address) is unique: what is told of again is the same row.
struct InboxNews {
    NewsId id;
    SourceId source_id;  ///< The queue it came from; "" when it was sent here.
    NewsKind kind = NewsKind::kObject;
    std::string address;           ///< Bytes that say where to look (queue/messages/news_row.hpp).
    std::string system_domain_id;  ///< Of the Iconik that told; else "".
    std::int64_t told = 1;         ///< How often.
    Timestamp first_told_at;
    Timestamp due_at;      ///< When it is looked at next.
    int tries = 0;         ///< How often that could not be done.
    std::string reason;    ///< Why not, in a word of core/error.hpp; "" before the first time.
    std::string sentence;  ///< The same for a person.
};

/// A message that was not understood.
struct DeadMessage {
    DeadMessageId id;
    SourceId source_id;      ///< The queue it came from.
    std::string message_id;  ///< In the queue; with source_id unique.
    std::string reason;      ///< Which envelope or what in it was not understood (sources/messages).
    std::string sentence;
    std::string body;              ///< UTF-8, at most 64 KiB, without secrets.
    std::uint64_t size_bytes = 0;  ///< Of the message as it came.
    bool is_whole = true;          ///< The body is all of it but secrets: it can be replayed.
    int receives = 1;              ///< How often it came.
    Timestamp created_at;
    std::optional<Timestamp> replayed_at;
};

}  // namespace notify
