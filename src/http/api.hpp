#pragma once

// What the routes need of the service. All borrowed; everything is thread-safe.

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/clock.hpp"
#include "core/result.hpp"
#include "core/secret_box.hpp"
#include "delivery/replay.hpp"
#include "delivery/webhooks/endpoints.hpp"
#include "domain/ids.hpp"
#include "domain/retention.hpp"
#include "http/router.hpp"
#include "people/erasing.hpp"
#include "people/face_search.hpp"
#include "people/gallery.hpp"
#include "people/gallery_transfer.hpp"
#include "queue/claim_waits.hpp"
#include "queue/item_control.hpp"
#include "queue/messages/message_intake.hpp"
#include "queue/messages/queue_reader.hpp"
#include "queue/scheduler.hpp"
#include "queue/webhook_watch.hpp"
#include "sources/access.hpp"
#include "sources/registry.hpp"
#include "storage/artifact_store.hpp"
#include "storage/storage.hpp"

namespace notify {

/// A photo as it came in a request.
struct UploadedPhoto {
    std::string file_name;
    std::string bytes;
    std::optional<std::pair<double, double>> face;  ///< A point in the face that is meant, in pixels.
};

/// What became of one photo.
struct PhotoVerdict {
    std::string file_name;
    bool accepted = false;
    std::string
        code;  ///< "no_face", "second_face", "too_small", "blurred", "unlike", …; empty when accepted.
    std::string sentence;  ///< Why it was refused, or a warning.
};

struct EnrolmentVerdict {
    PersonId person;
    std::string name;
    int photos = 0;  ///< The person has now.
    std::vector<PhotoVerdict> verdicts;
    std::vector<std::string> warnings;
};

/// How ready the service is.
struct Readiness {
    bool ready = false;
    std::string sandbox_level;  ///< "full", "partial", "none" or "unknown".
    std::string sandbox_note;
    std::string database;  ///< "ok" or a sentence.
    std::string models;    ///< "ok", "not needed" or a sentence.
};

/// What the service does at this moment, for /metrics.
struct Activity {
    int workers = 0;
    int busy = 0;
    std::int64_t children_started = 0;
    std::int64_t commits = 0;   ///< Of the database, since the start.
    std::int64_t closures = 0;  ///< That were committed in them: what is written together shares a commit.
    ClaimWaits claim_waits;
    std::int64_t rescues = 0;         ///< Processes whose lease was over and that this node gave back.
    std::int64_t nodes_given_up = 0;  ///< By this node.
    std::int64_t leases_lost = 0;     ///< Times that it could not extend its own.
    RemovedRows removed;              ///< By this node, because they were old.
    std::optional<std::filesystem::space_info> space;  ///< Of DATA_DIR; nothing where it cannot be told.
};

struct ApiParts {
    Storage& storage;
    const Clock& clock;
    const ArtifactStore& artifacts;
    const SourceRegistry& sources;
    const SecretBox& box;
    /// A source's secret as the database keeps it.
    std::function<std::string(const Secret&)> seal;
    Scheduler& scheduler;
    ItemControl& items;
    Endpoints& endpoints;
    Replay& replay;
    MessageIntake& messages;
    std::string iconik_webhook_secret;  ///< What opens /v1/intake/iconik; "": only a key does.
    /// Enrols photos of a person, who is made when the name is new. An error when nothing at all was
    /// accepted.
    std::function<Result<EnrolmentVerdict>(
        std::string_view name, const std::vector<UploadedPhoto>&, std::string_view actor, bool again
    )>
        enrol;
    /// FaceSearch::Search.
    std::function<Result<std::vector<FaceAnswer>>(std::string_view picture, std::size_t limit, double reach)>
        search_faces;
    GalleryCache& known_people;
    GalleryTransfer& galleries;
    Erasing& erasing;
    /// Compares the faces of past items with people again, after people changed.
    std::function<void()> relabel;
    /// Wakes the queue and the dispatcher after a change.
    std::function<void()> nudge;
    std::function<Readiness()> readiness;
    std::function<std::optional<Standstill>()> standstill;  ///< Why nothing moves; nothing while it may.
    std::function<Activity()> activity;
    /// Removes what is old now, or only counts it. What was removed.
    std::function<Result<RemovedRows>(bool dry_run, const std::stop_token&)> remove_old;
    /// What queues of messages have given; of sources of kind sqs.
    std::function<std::vector<QueueState>()> queues;
    /// How the webhooks of sources stand in their stores.
    std::function<std::vector<WebhookState>()> webhooks;
    /// A key was revoked. May be empty.
    std::function<void()> key_revoked;
};

/// The whole API: every route of the service. `parts` is copied; what it borrows outlives the router.
void AddRoutes(Router& router, const ApiParts& parts);

}  // namespace notify
