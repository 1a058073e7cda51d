#pragma once

// People on a real database: enrolment with a reader that tests script, and results that are committed by the
// queue's own completion.

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "core/secret_box.hpp"
#include "domain/bucket.hpp"
#include "domain/event.hpp"
#include "people/enrolment.hpp"
#include "people/relabelling.hpp"
#include "people/resolution.hpp"
#include "people/stored_faces.hpp"
#include "processors/kind.hpp"
#include "queue/completion.hpp"
#include "queue/resolver.hpp"
#include "storage/artifact_store.hpp"
#include "storage/process_repository.hpp"
#include "storage/storage.hpp"
#include "support/set_clock.hpp"
#include "support/temporary_folder.hpp"
#include "unit/people/faces.hpp"

namespace notify::testing {

/// What makes the embeddings of photos here: the model of facial recognition.
inline const std::string_view kModel = FindProcessorKind("facial-recognition").value()->embedding_model;

class PeopleTest : public ::testing::Test {
protected:
    PeopleTest();
    ~PeopleTest() override;

    /// Runs the closure; the test fails when it does.
    template <class Function>
    auto Write(Function&& function) {
        return ValueOf(storage_->Write(std::forward<Function>(function)));
    }

    template <class Function>
    auto Read(Function&& function) {
        return ValueOf(storage_->Read(std::forward<Function>(function)));
    }

    /// How many files of the data folder hold these bytes.
    int FilesWith(const std::string& bytes);

    /// A person with these photos, put into the database as they are.
    PersonId AddPerson(const std::string& name, const std::vector<Embedding>& photos);

    /// The reader finds these faces in a photo whose bytes are `name`; the photo.
    NewPhoto Photo(const std::string& name, Result<std::vector<PhotoFace>> faces);

    /// Enrols photos that were made by Photo.
    Result<EnrolmentAnswer> Enrol(std::string_view name, const std::vector<NewPhoto>& photos);

    /// An item with one process that is Processing, claimed.
    ClaimedItem Claim(const std::string& key);

    /// Another process of an item that is there: with another configuration, or the next run of the same one.
    ClaimedItem ClaimMore(
        const ItemId& id, const std::string& config, int run, const RuleId& rule = RuleId("rul_1")
    );

    /// What the processor found is handed to completion: consumers are prepared, nothing is committed yet.
    void Add(const ClaimedItem& claim, const FaceResult& found, const std::string& model_digest = {});
    void AddOutcome(const ClaimedItem& claim, JobOutcome outcome);

    /// Commits what was added.
    void Commit();

    /// A new item in which that was found.
    ItemId Analyse(const std::string& key, const FaceResult& found);

    /// A new item with a result that cannot be read.
    ItemId AddDamaged(const std::string& key);

    [[nodiscard]] Item Stored(const ItemId& id);
    [[nodiscard]] std::vector<Process> ProcessesOf(const ItemId& id);
    [[nodiscard]] std::vector<Appearance> AppearancesIn(const ItemId& id);

    /// "Ada confirmed 0-1000", … by start.
    [[nodiscard]] std::vector<std::string> NamesIn(const ItemId& id);

    /// Events about the subject, oldest first.
    [[nodiscard]] std::vector<Event> Events(std::string_view subject);
    [[nodiscard]] int Count(std::string_view subject, std::string_view type);

    [[nodiscard]] std::vector<EnrolmentPhoto> PhotosOf(const PersonId& id);
    [[nodiscard]] std::int64_t GalleryVersion();

    [[nodiscard]] std::vector<FaceTrack> TracksOf(const ResultId& id);

    template <class T>
    static T ValueOf(Result<T> outcome) {
        EXPECT_TRUE(outcome.has_value()) << (outcome ? "" : outcome.error().message);
        if constexpr (!std::is_void_v<T>) {
            return std::move(outcome).value();
        }
    }

private:
    ClaimedItem ClaimProcess(const Item& item, const std::string& config, int run, const RuleId& rule);

protected:
    TemporaryFolder folder_;
    SetClock clock_;
    std::optional<SecretBox> box_;
    std::unique_ptr<Storage> storage_;
    std::unique_ptr<ArtifactStore> artifacts_;
    std::map<std::string, Result<std::vector<PhotoFace>>, std::less<>> faces_of_;  ///< What the reader finds.
    std::function<void()> while_reading_;   ///< Called each time the reader looks at a photo.
    std::unique_ptr<Enrolment> enrolment_;  ///< By kModel.
    std::unique_ptr<PeopleResolution> resolution_;
    std::unique_ptr<Completion> completion_;
    std::unique_ptr<Resolver> resolver_;
    std::unique_ptr<StoredFaces> stored_faces_;
    std::unique_ptr<IndexedFaces> faces_;
    std::unique_ptr<Relabelling> relabelling_;
    std::optional<Bucket> bucket_;
};

}  // namespace notify::testing
