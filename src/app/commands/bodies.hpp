#pragma once

// From what a command was given to the bodies of its requests.

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include <boost/json.hpp>

#include "core/result.hpp"

namespace notify {

/// Of a source's configuration and secret.
struct StoreWords {
    std::string endpoint;
    std::string queue_url;
    std::string region;
    std::string addressing;
    std::string proxy;
    std::string no_proxy;
    std::string ca_file;
    std::string bind_address;
    std::string access_key;
    std::string secret_file;  ///< "-": standard input.
    std::string session_token_file;
    std::string token_file;
    std::string expires_at;
};

/// Of first contact with what is in a bucket already.
struct BacklogWords {
    std::string policy;
    std::optional<int> items_per_day;
    std::optional<double> hours_per_day;
    std::string done_file;
    bool percent_encoded = false;
    bool undo = false;
    std::string mode;
    bool baseline = false;
    bool dry_run = false;
};

/// Of a bucket: which objects count, and when it is scanned. Texts are as they were typed.
struct OptionWords {
    std::optional<std::string> cron;
    std::vector<std::string> windows;
    std::optional<std::string> time_zone;
    std::optional<std::string> min_bytes;
    std::optional<std::string> max_bytes;
    std::optional<std::string> min_age;
    std::optional<std::string> max_age;
    std::vector<std::string> media_types;
    std::optional<bool> sequences;
    std::optional<std::string> dedupe;
    std::optional<int> scan_streams;
    std::optional<std::string> unnamed_days;
};

/// Of what a source makes in its store.
struct SetupWords {
    std::optional<std::string> system_endpoint;
    std::optional<std::string> webhook_name;
    std::optional<std::string> action_title;
    bool take_over = false;
    bool dry_run = false;
    bool remove = false;
};

/// Of how an endpoint is reached.
struct TransportWords {
    std::string proxy;
    std::string ca_file;
    std::string client_certificate;
    std::string client_key;
    bool none = false;
};

/// Of a pause.
struct PauseWords {
    std::string of;
    std::string subject;
    std::string reason;
    std::string until;
    std::string lasts;
};

/// Of thresholds that are asked about.
struct WhatIfWords {
    std::optional<double> confirm;
    std::optional<double> propose;
    std::optional<double> margin;
};

/// Everything a command may be given; each reads its own part.
struct Words {
    std::string path;
    std::string folder;
    std::string name;
    std::string id;
    std::vector<std::string> processors;
    std::string config;
    std::string basis;
    std::vector<std::string> media_types;
    std::optional<std::string> path_glob;
    std::string source;
    std::vector<std::string> include;
    std::vector<std::string> exclude;
    double settle_seconds = -1;
    double scan_seconds = -1;
    std::vector<std::string> publish_formats;
    std::optional<std::string> results_bucket;
    std::optional<std::string> results_prefix;
    std::string status;
    std::string bucket;
    std::string after;
    std::string key;
    std::vector<std::string> photos;
    std::vector<std::string> faces;  ///< Ids of appearances, tracks and photos.
    std::string other;
    std::string face;
    std::string url;
    std::optional<std::string> description;
    std::vector<std::string> types;
    std::vector<std::string> scopes;
    std::vector<std::string> sources;
    std::vector<std::string> buckets;
    std::vector<std::string> people;
    std::string expires;
    std::string since;
    std::string until;
    std::optional<std::int64_t> from_sequence;
    std::optional<std::int64_t> to_sequence;
    std::string photo;
    std::string kind;
    std::string number;  ///< Of a secret.
    StoreWords store;
    BacklogWords backlog;
    OptionWords options;
    SetupWords setup;
    TransportWords transport;
    PauseWords pause;
    WhatIfWords what_if;
    std::optional<int> priority;
    std::optional<int> weight;
    std::optional<int> max_in_flight;
    std::optional<int> overlap_hours;
    int limit = 50;
    std::optional<bool> publish;
    std::optional<bool> restore;
    std::optional<bool> publish_metadata;
    bool again = false;
    bool anyway = false;
    bool follow = false;
    bool existing = false;
    bool no_crops = false;
    bool unconfirmed = false;
    std::string passphrase_file = "-";  ///< "-": standard input.
};

/// The texts as a JSON list.
[[nodiscard]] boost::json::array Texts(const std::vector<std::string>& texts);

/// For CLI11: "" when the text is a number of seconds, 0 or more; else why not.
[[nodiscard]] std::string IsSeconds(const std::string& text);

/// What of a rule was given, without its place and processor. kInvalidArgument when --config is no JSON.
[[nodiscard]] Result<boost::json::object> RuleBody(const Words& words);

/// Of POST /v1/buckets and POST /v1/buckets/preview: everything that was given, with a rule for each
/// processor. kInvalidArgument when --config is no JSON, or neither
/// --name nor the folder's own name can be its name, or one --config is given for several processors.
[[nodiscard]] Result<boost::json::object> BucketBody(const Words& words);

/// Of PATCH /v1/buckets/{bucket}: what was given.
[[nodiscard]] boost::json::object BucketChangeBody(const Words& words);

/// What was given of --backlog and its limits; nothing when none was.
[[nodiscard]] std::optional<boost::json::object> BacklogBody(const Words& words);

/// A bucket's `publishing` as it is with what was given in its place; nothing when none was.
[[nodiscard]] std::optional<boost::json::object> PublishingBody(
    const Words& words, boost::json::object publishing
);

/// Of one photo that is enrolled.
inline constexpr std::size_t kMaxPhotoBytes = 32U << 20U;

/// True for ".jpg", ".png" and the others, in any case, and not hidden.
[[nodiscard]] bool IsPhotoName(const std::filesystem::path& path);

/// Of POST /v1/people; reads the photos, and those in folders by name. kNotFound, kForbidden, kTooLarge,
/// kInvalidArgument for --face.
[[nodiscard]] Result<boost::json::object> EnrolmentBody(const Words& words);

}  // namespace notify
