#pragma once

// The formats that results are published in, and what their objects are called: docs/publications.md.

#include <array>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.hpp"
#include "domain/bucket.hpp"

namespace notify {

struct PublicationFormat {
    std::string_view name;        ///< Of publications and of a bucket's setting: "csv".
    std::string_view suffix;      ///< Of the objects' keys, behind the media's: ".notifications.csv".
    std::string_view media_type;  ///< Of the bytes, all UTF-8.
};

/// What every bucket that publishes has.
inline constexpr PublicationFormat kJsonPublication{
    .name = "notifications.json", .suffix = ".notifications.json", .media_type = "application/json"
};

/// What a bucket may have besides.
inline constexpr std::array kMorePublications{
    PublicationFormat{.name = "csv", .suffix = ".notifications.csv", .media_type = "text/csv; charset=utf-8"},
    PublicationFormat{.name = "vtt", .suffix = ".notifications.vtt", .media_type = "text/vtt; charset=utf-8"},
    PublicationFormat{
        .name = "edl", .suffix = ".notifications.edl", .media_type = "text/plain; charset=utf-8"
    },
    PublicationFormat{
        .name = "avid-markers",
        .suffix = ".notifications.avid-markers.txt",
        .media_type = "text/plain; charset=utf-8"
    },
    PublicationFormat{
        .name = "face-search", .suffix = ".notifications.face-search.json", .media_type = "application/json"
    },
    PublicationFormat{.name = "markdown", .suffix = ".md", .media_type = "text/markdown; charset=utf-8"},
};

/// What an asset has instead of objects beside it: who appears when, and how its processing stands. A store
/// of assets takes them apart; nothing has their suffix.
inline constexpr PublicationFormat kTimelinePublication{
    .name = "timeline", .suffix = ".notifications.timeline", .media_type = "application/json"
};
inline constexpr PublicationFormat kStatusPublication{
    .name = "status", .suffix = ".notifications.status", .media_type = "application/json"
};

/// Their names.
inline constexpr auto kMorePublicationWords = [] {
    std::array<std::string_view, kMorePublications.size()> words{};
    for (std::size_t i = 0; i < words.size(); ++i) {
        words.at(i) = kMorePublications.at(i).name;
    }
    return words;
}();

/// All names, of which one is asked for.
inline constexpr auto kPublicationWords = [] {
    std::array<std::string_view, kMorePublications.size() + 1> words{kJsonPublication.name};
    for (std::size_t i = 0; i < kMorePublications.size(); ++i) {
        words.at(i + 1) = kMorePublications.at(i).name;
    }
    return words;
}();

/// By name, the JSON and those of assets too. kInvalidArgument with the names a bucket may have.
[[nodiscard]] Result<PublicationFormat> FindPublicationFormat(std::string_view name);

/// True for a bucket of assets, whose store has a place for names on a timeline and for a status.
[[nodiscard]] bool HoldsAssets(const Bucket& bucket) noexcept;

/// The formats in which a bucket that publishes wants results: JSON first, or the timeline of an asset.
[[nodiscard]] std::vector<std::string> WantedFormats(const Bucket& bucket);

/// Where it wants them, as publications note it: "beside", or "results:<place>/<prefix>". What was written
/// elsewhere is another publication.
[[nodiscard]] std::string DestinationOf(const Bucket& bucket);

/// True for a key that ends as only our publications do.
[[nodiscard]] bool IsPublicationKey(std::string_view key) noexcept;

}  // namespace notify
