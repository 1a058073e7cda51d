#pragma once

// The explicit list of store kinds.

#include <filesystem>
#include <functional>
#include <memory>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "core/clock.hpp"
#include "core/result.hpp"
#include "domain/ids.hpp"
#include "domain/source.hpp"
#include "sources/access.hpp"
#include "sources/source.hpp"

namespace notify {

struct SetupOutcome;
struct SetupWish;
struct StoreWebhook;

namespace iconik {
class IconikSource;
}

/// What sources need from the configuration.
struct SourceSettings {
    std::filesystem::path data_dir;  ///< A bucket inside it is refused.
    FindAccess access;               ///< To the sources of stores.
    CountNodes nodes;                ///< May be empty: this one alone.
};

class SourceRegistry final {
public:
    /// The clock outlives the registry.
    SourceRegistry(const SourceSettings& settings, const Clock& clock);
    ~SourceRegistry();
    SourceRegistry(const SourceRegistry&) = delete;
    SourceRegistry& operator=(const SourceRegistry&) = delete;

    /// kInvalidArgument names the kinds there are, and says of a queue of messages that it holds no buckets.
    [[nodiscard]] Result<SourceConnection*> Find(std::string_view kind) const;

    [[nodiscard]] std::vector<std::string> Kinds() const;

    /// JSON Schema of the configuration that a source of the kind has, one without buckets too.
    /// kInvalidArgument as Find.
    [[nodiscard]] Result<std::string_view> Schema(std::string_view kind) const;

    /// Checks a configuration and fills in its defaults: canonical JSON. kInvalidArgument with the JSON
    /// pointer of the fault.
    [[nodiscard]] Result<std::string> Normalise(std::string_view kind, std::string_view config) const;

    /// Asks a source that holds no buckets, as CheckBucket does a bucket. kUnsupported for those that do:
    /// their buckets are asked.
    [[nodiscard]] Result<void> Test(const Source& source, const std::stop_token& stop) const;

    /// Makes in the store what the source needs there, or takes it away (setup.hpp). kUnsupported for kinds
    /// whose stores need nothing.
    [[nodiscard]] Result<SetupOutcome> SetUp(
        const Source& source, const SetupWish& wish, const std::stop_token& stop
    ) const;

    /// How the webhooks that SetUp made stand in the store; none for kinds that have no such.
    [[nodiscard]] Result<std::vector<StoreWebhook>> Webhooks(
        const Source& source, const std::stop_token& stop
    ) const;

private:
    using TestSource = std::function<Result<void>(const SourceId&, const std::stop_token&)>;

    struct Entry {
        std::string kind;
        std::string_view schema;
        std::function<Result<void>(std::string_view)> check;  ///< What a schema cannot say; may be empty.
        std::unique_ptr<SourceConnection> connection;         ///< Null when it holds no buckets…
        TestSource test;                                      ///< … and then this is set.
        iconik::IconikSource* iconik = nullptr;               ///< The connection, of the kind that is set up.
    };

    [[nodiscard]] Result<const Entry*> EntryOf(std::string_view kind) const;

    std::vector<Entry> entries_;
};

}  // namespace notify
