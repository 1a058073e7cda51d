#pragma once

// A client of one object store, whatever it speaks: what a source of kind s3, object_matrix or datacore is
// made of.

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/clock.hpp"
#include "core/error.hpp"
#include "core/result.hpp"
#include "sources/access.hpp"
#include "sources/objects/ranged_body.hpp"
#include "sources/source.hpp"

namespace notify::objects {

/// An object as a listing tells it.
struct StoredObject {
    std::string key;   ///< Bytes.
    std::string etag;  ///< Opaque; "" when the store tells none.
    std::uint64_t size_bytes = 0;
    Timestamp modified_at;
};

/// What a look at an object tells.
struct StoredInfo {
    std::uint64_t size_bytes = 0;
    std::string etag;        ///< As above.
    Timestamp modified_at;   ///< The epoch when the store does not tell.
    bool archived = false;   ///< Cannot be read before it is restored.
    bool restoring = false;  ///< Archived, and on its way back.
    bool tiered = false;     ///< Archived by Intelligent-Tiering: it comes back for good, not as a copy.
};

/// What an object is written with beside its bytes.
struct WrittenAs {
    std::string content_type;
    std::vector<std::pair<std::string, std::string>> metadata;  ///< As UserMetadata; 2 KB together.
};

/// Keys of a bucket.
struct KeyRange {
    std::string bucket;
    std::string prefix;                  ///< "" or what they begin with.
    std::string start_after;             ///< A key: only those behind it. "": all.
    std::optional<std::string> through;  ///< Only up to and with this key.
};

/// Thread-safe. Functions block, and end with kStopped soon after a stop is requested. Errors have stage
/// "store" and a reason of faults.hpp or key_order.hpp; none holds a credential.
class StoreClient {
public:
    StoreClient() = default;
    StoreClient(const StoreClient&) = delete;
    StoreClient& operator=(const StoreClient&) = delete;
    virtual ~StoreClient() = default;

    /// Calls `found` for each key of the range, in the order of their bytes; in memory of one page. What
    /// `found` fails with ends it.
    [[nodiscard]] virtual Result<void> List(
        const KeyRange& keys,
        const std::function<Result<void>(const StoredObject&)>& found,
        const std::stop_token& stop
    ) = 0;

    /// See SourceConnection::ListFolder; `folder`: what the keys begin with.
    [[nodiscard]] virtual Result<FolderListing> ListFolder(
        const std::string& /*bucket*/,
        const std::string& /*folder*/,
        int /*most_pages*/,
        const std::stop_token& /*stop*/
    ) {
        return Fail(ErrorCode::kUnsupported, "the store cannot list folders");
    }

    /// Lists one key: whether the bucket is there and may be listed.
    [[nodiscard]] virtual Result<void> Check(
        const std::string& bucket, const std::string& prefix, const std::stop_token& stop
    ) = 0;

    /// kNotFound (no_object) when there is none; the sentence names a missing bucket as such.
    [[nodiscard]] virtual Result<StoredInfo> Head(
        const std::string& bucket, const std::string& key, const std::stop_token& stop
    ) = 0;

    /// Fills `into` from `request.offset`. kConflict (object_changed): it is another version now.
    [[nodiscard]] virtual Result<void> Read(
        const std::string& bucket,
        const std::string& key,
        const ReadRequest& request,
        std::span<std::byte> into,
        const std::stop_token& stop
    ) = 0;

    /// Writes the object in one request, replacing what is there.
    [[nodiscard]] virtual Result<void> Write(
        const std::string& bucket,
        const std::string& key,
        std::string_view bytes,
        const WrittenAs& as,
        const std::stop_token& stop
    ) = 0;

    /// Removes the object; success too when there is none.
    [[nodiscard]] virtual Result<void> Remove(
        const std::string& bucket, const std::string& key, const std::stop_token& stop
    ) = 0;

    /// Asks for an archived object to be brought back, which costs money and takes hours. Success too when it
    /// was asked for before. kUnsupported where the store has no archive.
    [[nodiscard]] virtual Result<void> Restore(
        const std::string& bucket, const std::string& key, const StoredInfo& info, const std::stop_token& stop
    ) = 0;

    /// How far the store's clock was found ahead of ours.
    [[nodiscard]] virtual std::chrono::milliseconds ClockOffset() const noexcept = 0;
};

/// Makes the client of a source as it is now. `access` gives its credentials at each request; both it and the
/// clock outlive the client. kInvalidArgument: the configuration is wrong.
using ConnectStore = std::function<Result<std::shared_ptr<StoreClient>>(
    const SourceAccess& now, const FindAccess& access, const Clock& clock
)>;

}  // namespace notify::objects
