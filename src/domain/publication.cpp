#include "domain/publication.hpp"

#include <algorithm>
#include <iterator>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>

#include "core/error.hpp"
#include "core/result.hpp"
#include "domain/bucket.hpp"

namespace notify {

Result<PublicationFormat> FindPublicationFormat(std::string_view name) {
    for (const auto& format : {kJsonPublication, kTimelinePublication, kStatusPublication}) {
        if (format.name == name) {
            return format;
        }
    }
    std::string names;
    for (const auto& format : kMorePublications) {
        if (format.name == name) {
            return format;
        }
        names += fmt::format("{}{}", names.empty() ? "" : ", ", format.name);
    }
    return Fail(
        ErrorCode::kInvalidArgument,
        fmt::format("'{}' is no format that results are published in; there are {}", name, names)
    );
}

bool HoldsAssets(const Bucket& bucket) noexcept {
    return bucket.kind == kIconikKind;
}

std::vector<std::string> WantedFormats(const Bucket& bucket) {
    if (HoldsAssets(bucket)) {
        return {std::string(kTimelinePublication.name)};
    }
    std::vector<std::string> wanted{std::string(kJsonPublication.name)};
    std::ranges::copy(bucket.options.publishing.formats, std::back_inserter(wanted));
    return wanted;
}

std::string DestinationOf(const Bucket& bucket) {
    const auto& publishing = bucket.options.publishing;
    return publishing.bucket.empty() ? "beside"
                                     : fmt::format("results:{}/{}", publishing.bucket, publishing.prefix);
}

bool IsPublicationKey(std::string_view key) noexcept {
    constexpr std::string_view kOurs = ".notifications.";
    return key.ends_with(kJsonPublication.suffix) ||
           std::ranges::any_of(kMorePublications, [&](const PublicationFormat& format) {
               return format.suffix.starts_with(kOurs) && key.ends_with(format.suffix);
           });
}

}  // namespace notify
