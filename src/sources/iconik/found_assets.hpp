#pragma once

// What a listing of Iconik tells of an asset, as a scan tells it.

#include <cstddef>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include <boost/json/object.hpp>

#include "core/error.hpp"
#include "core/result.hpp"
#include "domain/bucket.hpp"
#include "sources/iconik/asset.hpp"
#include "sources/iconik/client.hpp"
#include "sources/source.hpp"

namespace notify::iconik {

/// True for what is to become an asset.
[[nodiscard]] bool IsPlaceholder(const Asset& asset);

/// With why it is skipped when it has no media of its own.
[[nodiscard]] FoundObject FoundFrom(const Asset& asset);

/// One that was deleted.
[[nodiscard]] FoundObject GoneFrom(std::string id);

/// An asset of a listing; nothing for one that does not count in the bucket. Asks for its version where the
/// listing does not tell it: the errors of GetAsset. kUnavailable (`not_a_store`): it makes no sense.
[[nodiscard]] Result<std::optional<FoundObject>> FoundIn(
    Client& client, const Bucket& bucket, const boost::json::object& json, const std::stop_token& stop
);

/// The same of one that no listing told: the errors of GetAsset.
[[nodiscard]] Result<std::optional<FoundObject>> FoundAt(
    Client& client, const Bucket& bucket, const std::string& id, const std::stop_token& stop
);

/// Assets that a scan could not look at.
class LeftOut final {
public:
    /// Counts one that Iconik does not let be seen, or tells no sense of; `id`: "" when that is not known.
    /// Any other fault is the scan's.
    [[nodiscard]] Result<void> Take(const Error& error, const std::string& id);

    /// Their ids; none when not all of them are known or there are more than kMostLeftOut.
    [[nodiscard]] std::vector<std::string> Ids() const;

    /// "" when there are none.
    [[nodiscard]] std::string Note() const;

private:
    std::size_t count_ = 0;
    std::string first_;
    std::vector<std::string> ids_;
};

}  // namespace notify::iconik
