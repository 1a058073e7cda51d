#pragma once

// One S3 store: list, look at, read by ranges, write, presign. What is momentary is tried again in here; what
// is left is one sentence (objects/faults.hpp). Source: docs.aws.amazon.com/AmazonS3/latest/API.

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "core/byte_source.hpp"
#include "core/clock.hpp"
#include "core/http_client.hpp"
#include "core/result.hpp"
#include "sources/objects/faults.hpp"
#include "sources/objects/object_reader.hpp"
#include "sources/objects/pace.hpp"
#include "sources/objects/ranged_body.hpp"
#include "sources/s3/endpoint.hpp"
#include "sources/s3/signer.hpp"
#include "sources/s3/xml.hpp"

namespace notify::s3 {

struct ClientSettings {
    Endpoint endpoint;
    HttpClientSettings network = {};  ///< Connections are kept whatever it says.
    objects::RetryLimits retry = {};
    objects::Limits limits = {};
    LeastSpeed least_speed = {};
    std::chrono::milliseconds connect_timeout = std::chrono::seconds(10);
};

/// What is asked of a listing. A token goes before `start_after`.
struct ListRequest {
    std::string prefix;
    std::string start_after;  ///< A key: only keys behind it, in the order of their bytes.
    std::string token;        ///< ListPage::next_token of the page before.
    std::string delimiter;    ///< Empty: flat, as it is to be on Swarm.
    int max_keys = 1000;      ///< 1 to 1000; stores may send fewer.
};

struct ObjectInfo {
    std::uint64_t size_bytes = 0;
    std::string etag;     ///< Opaque, without quotation marks; "" when the store tells none.
    std::string version;  ///< x-amz-version-id, or "".
    std::optional<Timestamp> modified_at;
    std::string content_type;
    bool archived = false;   ///< Cannot be read before it is restored.
    bool restoring = false;  ///< Archived, and on its way back.
    bool tiered = false;     ///< Archived by Intelligent-Tiering, which knows no days of a copy.
};

/// How an archived object is brought back: as a copy that stays for some days, or for good where it was put
/// away by Intelligent-Tiering (`days` = 0).
struct RestoreRequest {
    int days = 7;
    std::string_view tier = "Standard";  ///< "Expedited", "Standard", "Bulk".
};

struct WriteRequest {
    std::string content_type = "application/octet-stream";
    std::vector<std::pair<std::string, std::string>> metadata;  ///< x-amz-meta-NAME; ASCII, 2 KB together.
    std::uint64_t part_bytes = 16U << 20U;                      ///< Of WriteParts: 5 MiB at least at Amazon.
};

/// Thread-safe. Functions block, and end with kStopped soon after a stop is requested. Errors have stage
/// "store" and a reason of objects/faults.hpp; none holds a credential.
class Client final {
public:
    /// `clock` outlives it.
    Client(ClientSettings settings, CredentialsProvider credentials, const Clock& clock);

    /// A page of keys, with ListObjects where the store does not know ListObjectsV2: then next_token is
    /// empty, and one goes on by key. The page is as the store sent it; listing.hpp guards against what it
    /// may do.
    [[nodiscard]] Result<ListPage> List(
        const std::string& bucket, const ListRequest& request, const std::stop_token& stop
    );

    /// kNotFound (no_object) when there is none; the sentence names a missing bucket as such.
    [[nodiscard]] Result<ObjectInfo> Head(
        const std::string& bucket, const std::string& key, const std::stop_token& stop
    );

    /// Fills `into` from `request.offset`; a body that breaks off is continued. kConflict (object_changed):
    /// it is another version now; kThrottled (archived); kUnsupported (no_ranges): the store cannot do it.
    /// Nothing is left half valid: after an error the contents of `into` mean nothing.
    [[nodiscard]] Result<void> Read(
        const std::string& bucket,
        const std::string& key,
        const objects::ReadRequest& request,
        std::span<std::byte> into,
        const std::stop_token& stop
    );

    /// Writes the object in one request (up to 5 GiB at Amazon); returns its ETag.
    [[nodiscard]] Result<std::string> Write(
        const std::string& bucket,
        const std::string& key,
        std::string_view bytes,
        const WriteRequest& request,
        const std::stop_token& stop
    );

    /// Writes `bytes` in parts of `request.part_bytes` (made larger when more than 10,000 would be needed),
    /// one after another, or in one request when there is only one part: memory is two parts. A failed upload
    /// is aborted. Returns the ETag.
    [[nodiscard]] Result<std::string> WriteParts(
        const std::string& bucket,
        const std::string& key,
        ByteSource& bytes,
        const WriteRequest& request,
        const std::stop_token& stop
    );

    /// Removes an object; success too when there is none.
    [[nodiscard]] Result<void> Remove(
        const std::string& bucket, const std::string& key, const std::stop_token& stop
    );

    /// Asks for an archived object to be brought back, which costs money and takes hours. Success too when
    /// that is under way already.
    [[nodiscard]] Result<void> Restore(
        const std::string& bucket,
        const std::string& key,
        const RestoreRequest& request,
        const std::stop_token& stop
    );

    /// A URL that lets anybody read the object for `lifetime`: as secret as a credential.
    [[nodiscard]] Result<std::string> PresignRead(
        const std::string& bucket, const std::string& key, std::chrono::seconds lifetime
    ) const;

    /// How far the store's clock was found ahead of ours; zero until it refused a request for it.
    [[nodiscard]] std::chrono::milliseconds ClockOffset() const noexcept;

private:
    struct Call;
    struct Sent;
    struct Correction;

    [[nodiscard]] Result<HttpResponse> Do(const std::function<Call()>& make, const std::stop_token& stop);
    [[nodiscard]] Result<Sent> SendOnce(const Call& call, const std::stop_token& stop) const;
    [[nodiscard]] Error FaultOfAnswer(const Call& call, const Sent& sent, const std::stop_token& stop) const;
    [[nodiscard]] bool Corrects(const Call& call, const Sent& sent, const Error& fault, Correction& done);
    [[nodiscard]] bool LearnsRegion(const Call& call, const HttpResponse& response);
    [[nodiscard]] objects::Asked AskedBy(const Call& call) const;
    [[nodiscard]] std::string RegionOf(const std::string& bucket) const;
    [[nodiscard]] bool ListsInFirstForm(const std::string& bucket) const;
    [[nodiscard]] Result<ListPage> ListForm(
        const std::string& bucket, const ListRequest& request, bool first_form, const std::stop_token& stop
    );
    [[nodiscard]] Result<std::vector<std::string>> UploadParts(
        const Call& upload, ByteSource& bytes, std::uint64_t part_bytes, const std::stop_token& stop
    );
    [[nodiscard]] Result<std::string> CompleteUpload(
        const Call& upload, const std::vector<std::string>& etags, const std::stop_token& stop
    );

    const ClientSettings settings_;
    const Clock& clock_;
    Signer signer_;
    const HttpClient http_;
    mutable objects::Pace pace_;
    mutable std::mutex learned_mutex_;
    std::map<std::string, std::string> regions_;  ///< Of buckets that are elsewhere.
    std::map<std::string, bool> first_form_;      ///< Buckets that know only ListObjects.
};

/// The object that Client::Head told of, for an objects::ObjectReader. `client` outlives what is returned.
[[nodiscard]] objects::ReadRange RangesOf(
    Client& client, std::string bucket, std::string key, const ObjectInfo& info
);

}  // namespace notify::s3
