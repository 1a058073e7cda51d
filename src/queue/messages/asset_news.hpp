#pragma once

// From news of Iconik to items of the buckets that watch its collections, searches and assets.

#include <functional>
#include <map>
#include <optional>
#include <set>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/clock.hpp"
#include "core/error.hpp"
#include "core/result.hpp"
#include "domain/bucket.hpp"
#include "domain/ids.hpp"
#include "queue/intake.hpp"
#include "sources/messages/news.hpp"
#include "sources/source.hpp"
#include "sources/source_of_kind.hpp"
#include "storage/storage.hpp"

namespace notify {

/// What became of news of Iconik.
struct IconikOutcome {
    /// "new" (an item, or processes that it had not had), "run_again", "known", "gone", "looked_at" (its
    /// bucket is scanned), "unknown_bucket"; "unconfirmed": see `fault`.
    std::string_view word;
    std::string sentence;
    std::optional<Error> fault;  ///< Why Iconik could not be asked, or the item not be stored.
};

/// True for a fault of the store and not of the one thing that was asked for.
[[nodiscard]] bool IsOfTheStore(const Error& fault) noexcept;

/// True for a fault of one thing: the store has it, and does not let us see it.
[[nodiscard]] bool IsHidden(const Error& fault) noexcept;

/// Sources that did not answer lately, and with what: they are not asked again in the same round.
using SilentSources = std::map<SourceId, Error>;

/// Looks for assets in Iconik and takes them in as if a scan had found them. Thread-safe; everything
/// borrowed outlives it.
class AssetNewsIntake final {
public:
    /// `look_at` has a bucket scanned soon.
    AssetNewsIntake(
        Storage& storage,
        const Clock& clock,
        SourceOfKind find_source,
        std::function<void(const BucketId&)> look_at
    )
        : storage_(storage),
          clock_(clock),
          find_source_(std::move(find_source)),
          look_at_(std::move(look_at)),
          intake_(storage, clock) {}

    /// Takes the asset into the active buckets that hold it, but for saved searches: it is one item of its
    /// source, and the rules of all of them choose what runs. What there is of it in others is not given
    /// anything new, but removed when the asset is gone, and done with as the following says. When its media
    /// changed, what waits for that is looked at now; when a person chose it, also what has ended runs again,
    /// as if it had been asked of the item. `buckets`: all there are. A source that does not answer is noted
    /// in `silent`; what another source holds does not wait for it.
    [[nodiscard]] IconikOutcome Take(
        const AssetNews& news,
        const std::vector<Bucket>& buckets,
        SilentSources& silent,
        const std::stop_token& stop
    );

    /// Has the bucket scanned whose place that is.
    [[nodiscard]] IconikOutcome Take(const CollectionNews& news, const std::vector<Bucket>& buckets);
    [[nodiscard]] IconikOutcome Take(const SearchNews& news, const std::vector<Bucket>& buckets);

private:
    struct Taken {
        std::set<SourceId> held;      ///< Sources of the buckets that hold the asset.
        SilentSources silent;         ///< Those of buckets that may hold it.
        std::optional<Error> hidden;  ///< Why one that may hold it does not let it be seen.
        bool is_gone = false;         ///< An Iconik has none of that id.
        bool is_elsewhere = false;    ///< One has it, or did not say, and a bucket does not hold it.
        int added = 0;

        /// Why it is not known yet what becomes of the news; nothing when it is.
        [[nodiscard]] std::optional<Error> Fault() const;
    };

    [[nodiscard]] Result<std::optional<FoundObject>> Look(
        const Bucket& bucket, const std::string& asset_id, SilentSources& silent, const std::stop_token& stop
    );
    [[nodiscard]] Result<Taken> Into(
        const std::vector<Bucket>& buckets,
        const AssetNews& news,
        SilentSources& silent,
        const std::stop_token& stop
    );
    [[nodiscard]] Result<int> TakeFound(
        const Bucket& bucket, const AssetNews& news, const FoundObject& object
    );
    static void Note(const SourceId& source, const Error& fault, Taken& taken);
    [[nodiscard]] Result<void> AtHome(
        const std::vector<Bucket>& buckets,
        const AssetNews& news,
        SilentSources& silent,
        Taken& taken,
        const std::stop_token& stop
    );
    [[nodiscard]] Result<int> RunAgain(const std::string& asset_id, const std::vector<Bucket>& buckets);
    [[nodiscard]] IconikOutcome LookAt(const std::string& location, const std::vector<Bucket>& buckets);

    Storage& storage_;
    const Clock& clock_;
    const SourceOfKind find_source_;
    const std::function<void(const BucketId&)> look_at_;
    Intake intake_;
};

}  // namespace notify
