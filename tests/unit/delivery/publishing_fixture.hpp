#pragma once

// A store in memory, and a bucket in it with one item that was looked at.

#include <algorithm>
#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

#include "core/hash.hpp"
#include "core/json.hpp"
#include "core/ulid.hpp"
#include "delivery/publishing/document.hpp"
#include "storage/bucket_repository.hpp"
#include "storage/delivery_repository.hpp"
#include "storage/item_repository.hpp"
#include "storage/people_repository.hpp"
#include "storage/process_repository.hpp"
#include "storage/publication_request.hpp"
#include "storage/result_repository.hpp"
#include "storage/source_repository.hpp"
#include "support/people.hpp"
#include "unit/delivery/fixture.hpp"

namespace notify::testing {

/// A store in memory that can be told to refuse.
class MemorySource final : public SourceConnection {
public:
    Result<ScanReport> Scan(
        const ScanRequest&, const std::function<Result<void>(FoundObject)>&, std::stop_token
    ) override {
        return ScanReport{};
    }

    bool ListsInOrder() const noexcept override { return false; }

    Result<std::optional<FoundObject>> Look(const Bucket&, const std::string&, std::stop_token) override {
        return std::nullopt;
    }

    Result<OpenedItem> Open(const Bucket&, const Item&, std::stop_token) override { return OpenedItem{}; }

    std::unique_ptr<BucketWatch> Watch(const Bucket&, std::function<void(std::string_view)>) override {
        return nullptr;
    }

    Result<void> CheckBucket(const Bucket&, std::stop_token) override { return {}; }

    std::string PublicationKey(std::string_view key, std::string_view suffix) const override {
        return std::string(key) + std::string(suffix);
    }

    Result<std::optional<std::string>> StartOfPublished(
        const Bucket&, const PublicationTarget& target, std::stop_token
    ) override {
        const auto found = objects.find(target.place + target.key);
        return found == objects.end() ? std::nullopt : std::optional(found->second.substr(0, 64));
    }

    Result<void> Publish(
        const Bucket&, const Item&, const PublicationTarget& target, std::string_view bytes, std::stop_token
    ) override {
        ++publishes;
        only_ends = target.only_ends;
        if (before) {
            before();
        }
        if (gone) {
            return Fail(ErrorCode::kNotFound, "the file is gone");
        }
        if (refuses) {
            return Fail(ErrorCode::kForbidden, "the folder is read-only");
        }
        objects[target.place + target.key] = bytes;
        media_types[target.place + target.key] = target.media_type;
        metadata[target.place + target.key] = target.metadata;
        return {};
    }

    Result<void> RemovePublished(const Bucket&, const PublicationTarget& target, std::stop_token) override {
        objects.erase(target.place + target.key);
        return {};
    }

    std::string WritingOf(const std::string& config, std::string_view) const override {
        return config == "{}" ? std::string() : config;
    }

    std::map<std::string, std::string> objects;  ///< By place and key, written one behind the other.
    std::map<std::string, std::string> media_types;
    std::map<std::string, UserMetadata> metadata;
    std::atomic<int> publishes = 0;
    std::atomic<bool> only_ends = false;  ///< What was asked of the last.
    std::atomic<bool> refuses = false;
    std::atomic<bool> gone = false;
    std::function<void()> before;
};

class Publishing : public DeliveryTest {
protected:
    Publishing() {
        source_ = &memory_;
        bucket_.id = BucketId(MakeId("bkt"));
        bucket_.source_id = SourceId(MakeId("src"));
        bucket_.kind = "local";
        bucket_.name = "inbox";
        bucket_.location = "/media/inbox";
        bucket_.created_at = clock_.Now();
        item_.id = ItemId(MakeId("itm"));
        item_.bucket_id = bucket_.id;
        item_.key = "clip.mp4";
        item_.version = "1";
        item_.size_bytes = 7;
        item_.modified_at = item_.since = item_.discovered_at = clock_.Now();
        item_.media_type = "video/mp4";
        item_.content_sha256 = std::string(64, 'a');
    }

    /// Writes the bucket, the item and one finished process with its result and an appearance.
    void Fill(const std::string& document = R"({"faces":1})") {
        const auto written = storage_->Write([&](Transaction& transaction) -> Result<void> {
            return AddPlace(transaction).and_then([&] { return AddFound(transaction, document); });
        });
        ASSERT_TRUE(written.has_value()) << written.error().message;
    }

    Result<void> AddPlace(Transaction& transaction) {
        const Source source{
            .id = bucket_.source_id,
            .kind = bucket_.kind,
            .name = "here",
            .config = "{}",
            .created_at = clock_.Now()
        };
        return transaction.sources.Add(source).and_then(
                                                  [&] { return transaction.buckets.Add(bucket_); }
        ).and_then([&] {
             return transaction.items.AddIfNew(item_);
         }).and_then([&](bool) { return testing::AddPerson(transaction, person_); });
    }

    Result<void> AddFound(Transaction& transaction, const std::string& document) {
        StoredResult result;
        result.id = ResultId(MakeId("res"));
        result.lineage_key = "lineage";
        result.content_sha256 = item_.content_sha256;
        result.processor = "facial-recognition";
        result.processor_version = "1";
        result.document = document;
        result.artifacts = found_artifacts_;
        result.created_at = clock_.Now();
        Process process;
        process.id = ProcessId(MakeId("prc"));
        process.item_id = item_.id;
        process.bucket_id = bucket_.id;
        process.processor = "facial-recognition";
        process.config = "{}";
        process.config_hash = Sha256Hex("{}");
        process.since = process.created_at = process.next_attempt_at = clock_.Now();
        Appearance appearance;
        appearance.id = AppearanceId(MakeId("app"));
        appearance.item_id = item_.id;
        appearance.person_id = person_.id;
        appearance.start_ms = 1200;
        appearance.end_ms = 5400;
        appearance.best_shot_ms = 3000;
        appearance.similarity = 97.5;
        appearance.timebase = timebase_;
        FaceTrack track;
        track.id = TrackId(MakeId("trk"));
        track.number = 1;
        track.best_shot_ms = 3000;
        appearance.tracks = {track.id};
        return transaction.results.AddOrGet(result)
            .and_then([&](const ResultId& id) {
                appearance.result_id = track.result_id = id;
                return transaction.people.AddTracks({track});
            })
            .and_then([&] { return transaction.processes.Add(process); })
            .and_then([&] { return Complete(transaction, process, appearance.result_id); })
            .and_then([&] {
                return transaction.people.ReplaceAppearances(item_.id, appearance.result_id, {appearance});
            });
    }

    /// Takes the process through the queue, as a worker does.
    Result<void> Complete(Transaction& transaction, Process process, const ResultId& result) {
        auto claimed =
            transaction.processes.Claim(NodeId("nod_w"), 1, clock_.Now(), std::chrono::seconds(30));
        if (!claimed || claimed->size() != 1) {
            return notify::Fail(ErrorCode::kInternal, "the process was not claimed");
        }
        process = claimed->front().processes.front();
        process.status = Status::kCompleted;
        process.result_id = result;
        process.finished_at = clock_.Now();
        process.lease_owner = NodeId();
        process.lease_until.reset();
        item_.status = Status::kCompleted;
        item_.blocked_by = BlockedBy::kNothing;
        return transaction.processes.UpdateHeld(process).and_then([&](bool) {
            return transaction.items.SetStatus(item_);
        });
    }

    void Request() {
        Publication publication;
        publication.id = PublicationId(MakeId("pub"));
        publication.item_id = item_.id;
        publication.destination = "beside";
        publication.format = "notifications.json";
        const auto asked = storage_->Write([&](Transaction& transaction) {
            return transaction.deliveries.RequestPublication(publication, clock_.Now());
        });
        ASSERT_TRUE(asked.has_value()) << asked.error().message;
        if (dispatcher_) {
            dispatcher_->Nudge();
        }
    }

    /// Asks for what the bucket wants, as the end of a process does; true when that is anything.
    bool RequestWanted() {
        const auto asked = storage_->Write([&](Transaction& transaction) {
            return RequestPublications(transaction, item_.id, clock_.Now());
        });
        EXPECT_TRUE(asked.has_value()) << (asked ? "" : asked.error().message);
        if (dispatcher_) {
            dispatcher_->Nudge();
        }
        return asked.value_or(false);
    }

    /// Waits until nothing is on its way; how many deliveries there are then.
    std::size_t AwaitAll() {
        EXPECT_TRUE(Eventually([&] {
            return std::ranges::all_of(Deliveries(), [](const Delivery& row) {
                return IsTerminal(row.status);
            });
        }));
        return Deliveries().size();
    }

    /// How the newest publication in a format ended.
    Delivery Ended(const std::string& format) {
        for (const auto& row : Deliveries()) {
            const auto publication = storage_->Read([&](const Snapshot& snapshot) {
                return snapshot.deliveries.GetPublication(row.publication_id);
            });
            if (publication.value().format == format) {
                return row;
            }
        }
        ADD_FAILURE() << "nothing was published as " << format;
        return {};
    }

    void Change(const std::function<Result<void>(Transaction&)>& change) {
        const auto changed = storage_->Write(change);
        ASSERT_TRUE(changed.has_value()) << changed.error().message;
    }

    Delivery Newest() { return Deliveries().front(); }

    Delivery AwaitNewest(Status status) {
        EXPECT_TRUE(Eventually([&] {
            const auto row = Newest();
            return row.status == status && (status != Status::kPending || !row.last_error.empty());
        })) << ToString(status);
        return Newest();
    }

    bool IsOurs(const std::string& key) {
        return storage_
            ->Read([&](const Snapshot& snapshot) { return snapshot.buckets.IsOwnObject(bucket_.id, key); })
            .value();
    }

    boost::json::value Written() {
        return ParseJson(memory_.objects.at("clip.mp4.notifications.json")).value();
    }

    MemorySource memory_;
    Bucket bucket_;
    Item item_;
    Timebase timebase_;
    std::vector<ArtifactRef> found_artifacts_;
    Person person_{.id = PersonId(MakeId("per")), .name = "Ada", .created_at = clock_.Now()};
};

}  // namespace notify::testing
