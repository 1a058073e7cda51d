#include "unit/people/fixture.hpp"

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <iterator>

#include <fmt/format.h>

#include "core/hash.hpp"
#include "core/ulid.hpp"
#include "storage/bucket_repository.hpp"
#include "storage/event_repository.hpp"
#include "storage/item_repository.hpp"
#include "storage/people_repository.hpp"
#include "storage/process_repository.hpp"
#include "storage/result_repository.hpp"
#include "storage/source_repository.hpp"
#include "storage/sqlite/sqlite_storage.hpp"
#include "support/people.hpp"

namespace notify::testing {

PeopleTest::PeopleTest() {
    box_ = SecretBox::Open(folder_.Path() / "key").value();
    storage_ = OpenSqliteStorage(folder_.Path() / "database", *box_, clock_).value();
    artifacts_ = std::make_unique<ArtifactStore>(*storage_, *box_, folder_.Path() / "artifacts");
    const auto reader = [this](std::string_view bytes) -> Result<std::vector<PhotoFace>> {
        if (while_reading_) {
            while_reading_();
        }
        const auto found = faces_of_.find(bytes);
        return found != faces_of_.end() ? found->second : Fail(ErrorCode::kInternal, "no such photo");
    };
    enrolment_ = std::make_unique<Enrolment>(*storage_, *artifacts_, clock_, reader, kModel);
    resolution_ = std::make_unique<PeopleResolution>(*storage_);
    completion_ = std::make_unique<Completion>(
        *storage_, *artifacts_, clock_, std::vector<ResultConsumer*>{resolution_.get()}, [] {}
    );
    resolver_ = std::make_unique<Resolver>(*storage_, clock_, *completion_);
    stored_faces_ = std::make_unique<StoredFaces>(*storage_);
    faces_ = std::make_unique<IndexedFaces>(*stored_faces_);
    relabelling_ = std::make_unique<Relabelling>(*storage_, clock_, *faces_);
}

PeopleTest::~PeopleTest() = default;

int PeopleTest::FilesWith(const std::string& bytes) {
    int found = 0;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(folder_.Path())) {
        if (entry.is_regular_file()) {
            std::ifstream file(entry.path(), std::ios::binary);
            const std::string all((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
            found += all.find(bytes) != std::string::npos ? 1 : 0;
        }
    }
    return found;
}

PersonId PeopleTest::AddPerson(const std::string& name, const std::vector<Embedding>& photos) {
    const Person person{.id = PersonId(MakeId("per")), .name = name, .created_at = clock_.Now()};
    Write([&](Transaction& transaction) -> Result<void> {
        auto added = testing::AddPerson(transaction, person);
        for (std::size_t i = 0; added && i < photos.size(); ++i) {
            EnrolmentPhoto photo;
            photo.id = PhotoId(MakeId("pho"));
            photo.person_id = person.id;
            photo.file_name = fmt::format("{}-{}.jpg", name, i);
            photo.sha256 = Sha256Hex(photo.file_name);
            photo.embedding = photos[i];
            photo.model = kModel;
            added = testing::AddPhoto(transaction, photo);
        }
        return added;
    });
    return person.id;
}

NewPhoto PeopleTest::Photo(const std::string& name, Result<std::vector<PhotoFace>> faces) {
    faces_of_.insert_or_assign(name, std::move(faces));
    return {.file_name = name, .bytes = name, .face = std::nullopt};
}

Result<EnrolmentAnswer> PeopleTest::Enrol(std::string_view name, const std::vector<NewPhoto>& photos) {
    return enrolment_->Enrol(name, photos, "a test");
}

ClaimedItem PeopleTest::Claim(const std::string& key) {
    if (!bucket_) {
        bucket_.emplace();
        bucket_->id = BucketId("bkt_1");
        bucket_->source_id = SourceId("src_1");
        bucket_->kind = "local";
        bucket_->name = "in";
        bucket_->location = "/media/in";
        Write([&](Transaction& transaction) {
            return transaction.sources
                .Add({.id = SourceId("src_1"), .kind = "local", .name = "disk", .config = "{}"})
                .and_then([&] { return transaction.buckets.Add(*bucket_); });
        });
    }
    Item item;
    item.id = ItemId(MakeId("itm"));
    item.bucket_id = bucket_->id;
    item.key = key;
    item.version = "1";
    item.since = clock_.Now();
    item.discovered_at = clock_.Now();
    EXPECT_TRUE(Write([&](Transaction& transaction) { return transaction.items.AddIfNew(item); }));
    return ClaimProcess(item, "{}", 1, RuleId("rul_1"));
}

ClaimedItem PeopleTest::ClaimMore(const ItemId& id, const std::string& config, int run, const RuleId& rule) {
    return ClaimProcess(Stored(id), config, run, rule);
}

ClaimedItem PeopleTest::ClaimProcess(
    const Item& item, const std::string& config, int run, const RuleId& rule
) {
    Process process;
    process.id = ProcessId(MakeId("prc"));
    process.item_id = item.id;
    process.bucket_id = item.bucket_id;
    process.processor = "facial-recognition";
    process.config = config;
    process.config_hash = Sha256Hex(config);
    process.rule_id = rule;
    process.run = run;
    process.since = clock_.Now();
    process.next_attempt_at = clock_.Now();
    process.created_at = clock_.Now();
    auto claims = Write([&](Transaction& transaction) {
        return transaction.processes.Add(process).and_then([&] {
            return transaction.processes.Claim(NodeId("nod_1"), 1, clock_.Now(), std::chrono::seconds(30));
        });
    });
    EXPECT_EQ(claims.at(0).item.id, item.id);
    claims[0].item.content_sha256 = Sha256Hex(item.key);
    return claims[0];
}

void PeopleTest::AddOutcome(const ClaimedItem& claim, JobOutcome outcome) {
    const auto& process = claim.processes.at(0);
    outcome.id = process.id;
    completion_->Add({.item = claim.item, .process = process, .outcome = std::move(outcome)});
}

void PeopleTest::Add(const ClaimedItem& claim, const FaceResult& found, const std::string& model_digest) {
    JobOutcome outcome{.model_digest = model_digest, .document = found.Text()};
    outcome.artifacts.push_back(
        {.name = "embeddings",
         .media_type = "application/octet-stream",
         .bytes = found.embeddings,
         .sealed = true}
    );
    AddOutcome(claim, std::move(outcome));
}

void PeopleTest::Commit() {
    completion_->Start();
    completion_->Stop();
}

ItemId PeopleTest::Analyse(const std::string& key, const FaceResult& found) {
    const auto claim = Claim(key);
    Add(claim, found);
    Commit();
    return claim.item.id;
}

ItemId PeopleTest::AddDamaged(const std::string& key) {
    const auto claim = Claim(key);
    const StoredResult damaged{
        .id = ResultId(MakeId("res")),
        .lineage_key = key,
        .content_sha256 = Sha256Hex(key),
        .processor = "facial-recognition",
        .processor_version = "1",
        .document = R"({"schema":"face_tracks/1","tracks":[{}]})",
        .artifacts = {},
        .created_at = clock_.Now()
    };
    auto process = claim.processes.at(0);
    process.status = Status::kCompleted;
    process.result_id = damaged.id;
    process.finished_at = clock_.Now();
    process.lease_owner = NodeId();
    process.lease_until.reset();
    EXPECT_TRUE(Write([&](Transaction& transaction) {
        return transaction.results.AddOrGet(damaged).and_then([&](const ResultId&) {
            return transaction.processes.UpdateHeld(process);
        });
    }));
    return claim.item.id;
}

Item PeopleTest::Stored(const ItemId& id) {
    return Read([&](const Snapshot& snapshot) { return snapshot.items.Get(id); });
}

std::vector<Process> PeopleTest::ProcessesOf(const ItemId& id) {
    return Read([&](const Snapshot& snapshot) { return snapshot.processes.OfItem(id); });
}

std::vector<Appearance> PeopleTest::AppearancesIn(const ItemId& id) {
    return Read(
               [&](const Snapshot& snapshot) {
                   return snapshot.people.Appearances(
                       {.item_id = id, .person_id = {}}, {.after = {}, .limit = 200}
                   );
               }
    ).rows;
}

std::vector<std::string> PeopleTest::NamesIn(const ItemId& id) {
    std::vector<std::string> names;
    for (const auto& appearance : AppearancesIn(id)) {
        names.push_back(
            fmt::format(
                "{} {} {}-{}",
                appearance.person_name,
                appearance.certainty == Certainty::kConfirmed ? "confirmed" : "possible",
                appearance.start_ms,
                appearance.end_ms
            )
        );
    }
    return names;
}

std::vector<Event> PeopleTest::Events(std::string_view subject) {
    return Read([&](const Snapshot& snapshot) { return snapshot.events.After(0, 1000, subject); });
}

int PeopleTest::Count(std::string_view subject, std::string_view type) {
    return static_cast<int>(std::ranges::count(Events(subject), type, &Event::type));
}

std::vector<EnrolmentPhoto> PeopleTest::PhotosOf(const PersonId& id) {
    return Read([&](const Snapshot& snapshot) { return snapshot.people.PhotosOf(id); });
}

std::vector<FaceTrack> PeopleTest::TracksOf(const ResultId& id) {
    return Read([&](const Snapshot& snapshot) { return snapshot.people.TracksOf(id); });
}

std::int64_t PeopleTest::GalleryVersion() {
    return Read([](const Snapshot& snapshot) { return snapshot.people.GalleryVersion(); });
}

}  // namespace notify::testing
