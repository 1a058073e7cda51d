#include "sources/iconik/found_assets.hpp"

#include <optional>
#include <stop_token>
#include <string>
#include <utility>
#include <vector>

#include <boost/json/object.hpp>
#include <fmt/format.h>

#include "core/error.hpp"
#include "core/glob.hpp"
#include "core/result.hpp"
#include "domain/bucket.hpp"
#include "sources/iconik/asset.hpp"
#include "sources/iconik/client.hpp"
#include "sources/objects/faults.hpp"
#include "sources/source.hpp"

namespace notify::iconik {

bool IsPlaceholder(const Asset& asset) {
    return asset.type == "PLACEHOLDER";
}

FoundObject FoundFrom(const Asset& asset) {
    FoundObject found{
        .key = asset.id, .version = asset.version, .modified_at = asset.modified_at, .media_type = {}
    };
    if (asset.type != "ASSET") {
        found.skip_code = "no_media";
        found.skip_reason =
            fmt::format("it is a {} of Iconik and has no media of its own", objects::CleanText(asset.type));
    }
    return found;
}

FoundObject GoneFrom(std::string id) {
    FoundObject found{.key = std::move(id), .version = {}, .modified_at = {}, .media_type = {}};
    found.gone = true;
    return found;
}

Result<std::optional<FoundObject>> FoundIn(
    Client& client, const Bucket& bucket, const boost::json::object& json, const std::stop_token& stop
) {
    auto asset = ReadAsset(json);
    if (!asset) {
        return Unexpected(asset.error());
    }
    if (asset->deleted) {
        return GoneFrom(std::move(asset->id));
    }
    if (IsPlaceholder(*asset) || !PassesGlobs(bucket.include, bucket.exclude, asset->id)) {
        return std::nullopt;
    }
    if (asset->version.empty()) {  // a search need not tell versions
        const auto id = asset->id;
        asset = GetAsset(client, id, stop);
        if (!asset && asset.error().code == ErrorCode::kNotFound) {
            return GoneFrom(id);
        }
    }
    return asset ? Result<std::optional<FoundObject>>(FoundFrom(*asset)) : Unexpected(asset.error());
}

Result<std::optional<FoundObject>> FoundAt(
    Client& client, const Bucket& bucket, const std::string& id, const std::stop_token& stop
) {
    const auto asset = GetAsset(client, id, stop);
    if (!asset) {
        return asset.error().code == ErrorCode::kNotFound ? Result<std::optional<FoundObject>>(GoneFrom(id))
                                                          : Unexpected(asset.error());
    }
    const bool counts = !IsPlaceholder(*asset) && PassesGlobs(bucket.include, bucket.exclude, asset->id);
    return counts ? std::optional(FoundFrom(*asset)) : std::nullopt;
}

Result<void> LeftOut::Take(const Error& error, const std::string& id) {
    if (error.reason != objects::kAccessDenied && error.reason != objects::kNotAStore) {
        return Unexpected(error);
    }
    first_ = count_ == 0 ? error.message : first_;
    ++count_;
    if (!id.empty() && ids_.size() < kMostLeftOut) {
        ids_.push_back(id);
    }
    return {};
}

std::vector<std::string> LeftOut::Ids() const {
    return ids_.size() == count_ ? ids_ : std::vector<std::string>();
}

std::string LeftOut::Note() const {
    return count_ == 0 ? std::string()
                       : fmt::format(
                             "{} of its assets could not be looked at and {} left out, the first because {}",
                             count_,
                             count_ == 1 ? "is" : "are",
                             first_
                         );
}

}  // namespace notify::iconik
